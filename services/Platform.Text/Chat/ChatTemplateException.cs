namespace Platform.Text.Chat;

/// <summary>A checkpoint's chat template is none that this version renders, or cannot be read.</summary>
public sealed class ChatTemplateException(string message, Exception? inner = null) : Exception(message, inner);
