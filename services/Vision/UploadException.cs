namespace Platform.Vision;

/// <summary>An upload whose parts do not follow the contract, or are too many.</summary>
internal sealed class UploadException(string message) : Exception(message);
