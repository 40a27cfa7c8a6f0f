namespace Platform.Cli.Up;

/// <summary>An API key as it is kept: never the key itself.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Sha256">SHA-256 of the key's UTF-8, in lower-case hex.</param>
/// <param name="Created">When it was made, UTC.</param>
internal sealed record StoredKey(string Name, string Sha256, DateTimeOffset Created);
