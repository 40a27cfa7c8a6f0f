using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>A picture or video of a conversation.</summary>
/// <param name="IsVideo">True for a video, false for a picture.</param>
/// <param name="Part">The content part as the client sent it, after normalisation.</param>
/// <param name="MessageIndex">Which message it stands in.</param>
/// <param name="PartIndex">Which part of that message's content it is.</param>
public sealed record ChatAttachment(bool IsVideo, JsonElement Part, int MessageIndex, int PartIndex);
