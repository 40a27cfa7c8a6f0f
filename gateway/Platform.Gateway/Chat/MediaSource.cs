using System.Text.Json;

namespace Platform.Gateway.Chat;

/// <summary>One picture or video of a conversation before it is uploaded.</summary>
/// <param name="IsVideo">A video; given as one file, or as its pictures.</param>
/// <param name="Files">The strings that name the files, data URIs or addresses. They belong to the request's body.</param>
/// <param name="FramesPerSecond">Of a video given as pictures, if said.</param>
/// <param name="Path">Where in the request it stands, for messages.</param>
internal sealed record MediaSource(bool IsVideo, IReadOnlyList<JsonElement> Files, double? FramesPerSecond, string Path);
