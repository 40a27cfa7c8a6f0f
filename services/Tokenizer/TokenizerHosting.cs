using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Text.Chat;

namespace Platform.Tokenizer;

/// <summary>Hosts the tokenizer service in a process.</summary>
public static class TokenizerHosting
{
    /// <summary>Adds the service. The tokenizer itself is shared with whatever else in the process needs it.</summary>
    /// <exception cref="ValidationException">An option is out of range.</exception>
    /// <exception cref="ChatTemplateException">The checkpoint's chat template is unknown and none is assumed.</exception>
    public static IServiceCollection AddTokenizerService(this IServiceCollection services, TokenizerOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var template = ChatTemplates.Recognise(options.CheckpointDirectory, options.AssumeTemplate);
        services.TryAddSingleton(_ => Text.Tokenizer.Load(options.CheckpointDirectory));
        services.AddSingleton(options);
        services.AddSingleton(provider => new PromptRenderer(provider.GetRequiredService<Text.Tokenizer>(), template, options));
        services.AddGrpc();
        return services;
    }

    /// <summary>Maps the service; loads the tokenizer, so that a damaged one fails here and not at the first request.</summary>
    /// <exception cref="Text.TokenizerException">The tokenizer's files cannot be used.</exception>
    public static GrpcServiceEndpointConventionBuilder MapTokenizerService(this IEndpointRouteBuilder endpoints)
    {
        _ = endpoints.ServiceProvider.GetRequiredService<PromptRenderer>();
        return endpoints.MapGrpcService<TokenizationService>();
    }
}
