namespace Platform.Contracts;

/// <summary>The Dapr app ids of services whose instances are interchangeable. A decoder has an id of its own, from its options.</summary>
public static class AppIds
{
    public const string Tokenizer = "tokenizer";
    public const string Vision = "vision";
    public const string Silo = "silo";
}
