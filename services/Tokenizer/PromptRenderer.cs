using System.Text.Json;
using Platform.Contracts.Tokenization;
using Platform.Text;
using Platform.Text.Chat;

namespace Platform.Tokenizer;

/// <summary>From a conversation's JSON to token ids: normalise, render, widen media placeholders, encode.</summary>
internal sealed class PromptRenderer(Text.Tokenizer tokenizer, ChatTemplate template, TokenizerOptions options)
{
    private const string TurnStart = "<|im_start|>";
    private const string ThinkOpened = "<think>\n";
    private const int MaxJsonDepth = 256;

    private readonly int? _turnStartId = tokenizer.AddedTokenId(TurnStart);

    public Text.Tokenizer Tokenizer => tokenizer;

    public ChatTemplate Template => template;

    /// <summary>What the template does when a request says nothing.</summary>
    public ReasoningMode DefaultMode => template == ChatTemplate.Qwen35Small ? ReasoningMode.Fast : ReasoningMode.Thinking;

    /// <summary>Renders and encodes.</summary>
    /// <param name="json">UTF-8 of <c>{"messages": [...], "tools": [...]}</c>.</param>
    /// <param name="wanted">How to render.</param>
    /// <param name="cancellationToken">Ends encoding early.</param>
    /// <exception cref="ChatRenderException">The conversation breaks a rule of the template.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public RenderedPrompt Render(ReadOnlyMemory<byte> json, RenderChatOptions wanted, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxJsonDepth });
        var prompt = ChatNormalization.Normalize(PromptOf(document.RootElement, wanted));
        var rendered = ChatRenderer.Render(template, prompt);
        var (pictures, videos) = Grids(wanted);
        var segments = MediaExpansion.Expand(rendered.Segments, pictures, videos, options.MediaMergeSize);
        var mode = ModeOf(rendered, wanted);
        if (mode == ReasoningMode.Auto)
            segments = EndedAfterTheTag(segments);
        var ids = tokenizer.Encode(segments, Text.SpecialTokens.AsText, cancellationToken);
        var boundaries = BoundariesOf(ids);
        var behindQuery = rendered.TurnsToLastQuery is > 0 and var turns && turns <= boundaries.Length ? boundaries[turns - 1] : 0;
        return new RenderedPrompt(ids, mode, rendered.OpensThinking, boundaries, behindQuery);
    }

    // Only the template writes this id: what a client spells like it is encoded as text.
    private int[] BoundariesOf(int[] ids)
    {
        List<int> boundaries = [];
        for (var i = 1; i < ids.Length; i++)
        {
            if (ids[i] == _turnStartId)
                boundaries.Add(i);
        }
        return [.. boundaries];
    }

    private static ChatPrompt PromptOf(JsonElement root, RenderChatOptions wanted)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("messages", out var messages))
            throw new ChatRenderException("The conversation must be a JSON object with a list 'messages'.");
        return new ChatPrompt
        {
            Messages = messages,
            Tools = root.TryGetProperty("tools", out var tools) ? tools : null,
            AddGenerationPrompt = wanted.AddGenerationPrompt,
            ContinueFinalMessage = wanted.ContinueFinalMessage,
            EnableThinking = wanted.ReasoningMode switch
            {
                ReasoningMode.Thinking or ReasoningMode.Auto => true,
                ReasoningMode.Fast => false,
                _ => null,
            },
            AddVisionId = wanted.AddVisionId,
            PreserveThinking = wanted.HasPreserveThinking ? wanted.PreserveThinking : null,
            ReasoningEffort = wanted.ReasoningEffort.Length == 0 ? null : wanted.ReasoningEffort,
        };
    }

    private (List<PictureGrid> Pictures, List<VideoGrid> Videos) Grids(RenderChatOptions wanted)
    {
        List<PictureGrid> pictures = [];
        List<VideoGrid> videos = [];
        long patches = 0;
        foreach (var grid in wanted.Media)
        {
            if (grid.T < 1 || grid.H < 1 || grid.W < 1)
                throw new ChatRenderException($"A medium has the grid {grid.T} x {grid.H} x {grid.W}; every side is at least 1.");
            patches += (long)grid.T * grid.H * grid.W;
            if (grid.Kind == MediaKind.Video)
                videos.Add(new VideoGrid(grid.T, grid.H, grid.W, [.. grid.Timestamps]));
            else
                pictures.Add(new PictureGrid(grid.T, grid.H, grid.W));
        }
        var tokens = patches / (options.MediaMergeSize * options.MediaMergeSize);
        if (tokens > options.MaxMediaTokens)
        {
            throw new ChatRenderException(
                $"The pictures and videos take {tokens} tokens; at most {options.MaxMediaTokens} are taken. Send fewer or smaller ones.");
        }
        return (pictures, videos);
    }

    // Deciding needs the position right after an opening tag that the template wrote; without one there is nothing to decide.
    private static ReasoningMode ModeOf(RenderedChat rendered, RenderChatOptions wanted)
    {
        if (!rendered.OpensThinking)
            return ReasoningMode.Fast;
        var endsWithTag = rendered.Segments[^1].Text.EndsWith(ThinkOpened, StringComparison.Ordinal);
        return wanted.ReasoningMode == ReasoningMode.Auto && !wanted.ContinueFinalMessage && endsWithTag
            ? ReasoningMode.Auto
            : ReasoningMode.Thinking;
    }

    private static IReadOnlyList<PromptSegment> EndedAfterTheTag(IReadOnlyList<PromptSegment> segments) =>
        [.. segments.SkipLast(1), segments[^1] with { Text = segments[^1].Text[..^1] }];
}
