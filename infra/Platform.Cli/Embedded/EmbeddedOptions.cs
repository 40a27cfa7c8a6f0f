using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Engine;
using Platform.Gateway.Options;

namespace Platform.Cli.Embedded;

/// <summary>What the embedded platform serves, and where.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>The checkpoint in Hugging Face layout: weights, config, tokenizer.</summary>
    public required string ModelDirectory { get; init; }

    /// <summary>The model's name in the API; null: the checkpoint folder's name.</summary>
    public string? ModelName { get; init; }

    /// <summary>The public HTTP port on loopback; 0: any free one.</summary>
    public int Port { get; init; }

    /// <summary>The chat template to take when the checkpoint's own is unknown; null refuses such a checkpoint.</summary>
    public string? AssumeTemplate { get; init; }

    /// <summary>How the model computes: threads, number format.</summary>
    public TextModelOptions Model { get; init; } = new();

    /// <summary>The engine's bounds.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>False leaves the decoder out: <see cref="MapServices"/> then brings another.</summary>
    public bool IncludeDecoder { get; init; } = true;

    /// <summary>False leaves the public endpoint out; grains and services answer all the same.</summary>
    public bool IncludeGateway { get; init; } = true;

    /// <summary>Changes the host of grains and services, after everything was added.</summary>
    public Action<IServiceCollection>? ConfigureServices { get; init; }

    /// <summary>Maps more gRPC services; each needs <see cref="AppIdRouting.ServedBy{TBuilder}(TBuilder, string)"/>.</summary>
    public Action<IEndpointRouteBuilder>? MapServices { get; init; }

    /// <summary>The gateway's options; null: open to everybody who reaches the loopback port.</summary>
    public Action<GatewayOptions>? Gateway { get; init; }

    /// <summary>Changes the host of the gateway, after everything was added.</summary>
    public Action<WebApplicationBuilder>? ConfigureGateway { get; init; }

    /// <summary>Maps more onto the public endpoint.</summary>
    public Action<WebApplication>? MapGateway { get; init; }

    /// <summary>Where logs go; null: warnings and worse to the console.</summary>
    public Action<ILoggingBuilder>? ConfigureLogging { get; init; }

    /// <summary>The model's name in the API.</summary>
    public string ServedName => ModelName ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(ModelDirectory)));
}
