namespace Platform.Gateway.Chat;

/// <summary>A checked conversation, ready for the tokenizer.</summary>
/// <param name="Json">UTF-8 of <c>{"messages": [...], "tools": [...]}</c>; media stand in it as bare parts.</param>
/// <param name="ToolsJson">UTF-8 of the tool list, or empty.</param>
/// <param name="Media">Pictures and videos in order of appearance.</param>
/// <param name="EndsWithAssistant">The last message is an assistant's.</param>
internal sealed record Conversation(byte[] Json, byte[] ToolsJson, IReadOnlyList<MediaSource> Media, bool EndsWithAssistant);
