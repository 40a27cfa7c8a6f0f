namespace Platform.Grains;

/// <summary>What a response is to be made from. Sizes were checked by the gateway.</summary>
[GenerateSerializer, Immutable, Alias("platform.response-request")]
public sealed record ResponseRequest
{
    [Id(0)] public required string Model { get; init; }

    [Id(1)] public required ResponsePrompt Prompt { get; init; }

    [Id(2)] public required SamplingSettings Sampling { get; init; }

    /// <summary>Output tokens at most; null: up to the end of the context.</summary>
    [Id(3)] public int? MaxTokens { get; init; }

    /// <summary>Choices to generate from the same prompt, 1 or more.</summary>
    [Id(4)] public int Choices { get; init; } = 1;

    /// <summary>Strings before which a choice ends; in a chat they act on its content only.</summary>
    [Id(5)] public IReadOnlyList<string> Stop { get; init; } = [];

    [Id(6)] public IReadOnlyList<int> StopTokenIds { get; init; } = [];

    [Id(7)] public bool IgnoreEos { get; init; }

    [Id(8)] public bool Logprobs { get; init; }

    [Id(9)] public int TopLogprobs { get; init; }

    [Id(10)] public ReasoningSettings Reasoning { get; init; } = new();

    /// <summary>The cache sharing level of the caller, chosen by the server.</summary>
    [Id(11)] public string CacheSalt { get; init; } = "";

    /// <summary>What the answer must look like; null: free.</summary>
    [Id(12)] public AnswerForm? Form { get; init; }
}

/// <summary>The prompt in one of its forms.</summary>
[GenerateSerializer, Alias("platform.response-prompt")]
public abstract record ResponsePrompt;

/// <summary>A conversation, rendered by the checkpoint's chat template.</summary>
[GenerateSerializer, Immutable, Alias("platform.chat-prompt")]
public sealed record ChatResponsePrompt : ResponsePrompt
{
    /// <summary>UTF-8 of <c>{"messages": [...], "tools": [...]}</c>; media parts refer to <see cref="Media"/> by order.</summary>
    [Id(0)] public required byte[] Json { get; init; }

    /// <summary>UTF-8 of the tool list, or empty.</summary>
    [Id(1)] public byte[] ToolsJson { get; init; } = [];

    /// <summary>False: a tool call in the output stays text (tool_choice none).</summary>
    [Id(2)] public bool ToolCallsAllowed { get; init; } = true;

    /// <summary>Uploaded pictures and videos, in order of appearance.</summary>
    [Id(3)] public IReadOnlyList<MediaHandle> Media { get; init; } = [];

    [Id(4)] public bool AddVisionId { get; init; }

    [Id(5)] public bool? PreserveThinking { get; init; }

    [Id(6)] public string ReasoningEffort { get; init; } = "";

    /// <summary>The last message is an assistant's and is to be continued.</summary>
    [Id(7)] public bool ContinueFinalMessage { get; init; }
}

/// <summary>Plain text.</summary>
[GenerateSerializer, Immutable, Alias("platform.text-prompt")]
public sealed record TextResponsePrompt([property: Id(0)] string Text) : ResponsePrompt;

/// <summary>Token ids.</summary>
[GenerateSerializer, Immutable, Alias("platform.token-prompt")]
public sealed record TokenResponsePrompt([property: Id(0)] int[] Ids) : ResponsePrompt;

/// <summary>A picture or video that the vision service holds.</summary>
[GenerateSerializer, Immutable, Alias("platform.media-handle")]
public sealed record MediaHandle(
    [property: Id(0)] string Key,
    [property: Id(1)] bool Video,
    [property: Id(2)] int T,
    [property: Id(3)] int H,
    [property: Id(4)] int W,
    [property: Id(5)] IReadOnlyList<double> Timestamps,
    [property: Id(6)] int TokenCount);

/// <summary>How tokens are drawn; ranges were checked by the gateway, defaults filled in.</summary>
[GenerateSerializer, Immutable, Alias("platform.sampling-settings")]
public sealed record SamplingSettings
{
    [Id(0)] public float Temperature { get; init; } = 1;
    [Id(1)] public float TopP { get; init; } = 1;
    [Id(2)] public int TopK { get; init; }
    [Id(3)] public float MinP { get; init; }
    [Id(4)] public float RepetitionPenalty { get; init; } = 1;
    [Id(5)] public float PresencePenalty { get; init; }
    [Id(6)] public float FrequencyPenalty { get; init; }
    [Id(7)] public IReadOnlyDictionary<int, float> LogitBias { get; init; } = new Dictionary<int, float>();

    /// <summary>Decides every draw, together with choice and position.</summary>
    [Id(8)] public required ulong Seed { get; init; }
}

/// <summary>The reasoning mode and its bounds.</summary>
[GenerateSerializer, Immutable, Alias("platform.reasoning-settings")]
public sealed record ReasoningSettings
{
    [Id(0)] public ReasoningMode Mode { get; init; } = ReasoningMode.Default;

    /// <summary>Reasoning tokens after which the closing tag is written; null: no bound.</summary>
    [Id(1)] public int? Budget { get; init; }
}
