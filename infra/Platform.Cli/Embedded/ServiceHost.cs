using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Contracts;
using Platform.Decoder;
using Platform.Silo;
using Platform.Tokenizer;
using Platform.Vision;

namespace Platform.Cli.Embedded;

/// <summary>
/// The half of the embedded platform that clients never see: the silo and the gRPC services, behind one cleartext HTTP/2 port on
/// loopback that is also the sidecar's endpoint.
/// </summary>
internal static class ServiceHost
{
    private const int StartAttempts = 5;
    private const string DecoderAppId = "decoder";

    /// <summary>Builds and starts the host, on other ports if somebody else took the chosen ones first.</summary>
    public static async Task<WebApplication> StartAsync(
        EmbeddedOptions options, IProgress<DecoderProgress>? progress, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var app = Build(options, progress);
            try
            {
                await app.StartAsync(cancellationToken);
                return app;
            }
            catch (Exception error) when (attempt < StartAttempts && FreePort.WasTaken(error))
            {
                await app.DisposeAsync();
            }
            catch
            {
                await app.DisposeAsync();
                throw;
            }
        }
    }

    private static WebApplication Build(EmbeddedOptions options, IProgress<DecoderProgress>? progress)
    {
        var builder = WebApplication.CreateSlimBuilder();
        ConfigureLogging(builder.Logging, options);
        builder.WebHost.ConfigureKestrel(Listen);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
        builder.Services.AddSingleton(services => new Sidecar(AddressOf(services)));
        builder.Services.AddTokenizerService(new TokenizerOptions
        {
            CheckpointDirectory = options.ModelDirectory,
            AssumeTemplate = options.AssumeTemplate,
        });
        builder.AddPlatformSilo(new SiloOptions { SiloPort = FreePort.Find() });
        if (options.IncludeDecoder)
            builder.Services.AddDecoderService(DecoderOf(options), progress);
        var hasVision = EmbeddedVision.Add(builder.Services, options);
        options.ConfigureServices?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseRouting();
        app.UseAppIdRouting();
        app.MapPlatformSilo().ServedBy(AppIds.Silo);
        app.MapTokenizerService().ServedBy(AppIds.Tokenizer);
        if (options.IncludeDecoder)
            app.MapDecoderService().ServedBy(DecoderAppId);
        if (hasVision)
            app.MapVisionService().ServedBy(AppIds.Vision);
        options.MapServices?.Invoke(app);
        return app;
    }

    private static DecoderOptions DecoderOf(EmbeddedOptions options) => new()
    {
        CheckpointDirectory = options.ModelDirectory,
        ModelName = options.ServedName,
        AppId = DecoderAppId,
        VisionBeside = true,
        AssumeTemplate = options.AssumeTemplate,
        Model = options.Model,
        Engine = options.Engine,
    };

    public static void ConfigureLogging(ILoggingBuilder logging, EmbeddedOptions options)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        // At every start: advice about garbage collection, and a watchdog that takes the time since boot for a pause.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        if (options.ConfigureLogging is null)
            return;
        logging.ClearProviders();
        options.ConfigureLogging(logging);
    }

    private static void Listen(KestrelServerOptions kestrel)
    {
        kestrel.Limits.Http2.MaxStreamsPerConnection = 1024;
        kestrel.Limits.Http2.InitialStreamWindowSize = 1 << 20;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
        kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
    }

    private static Uri AddressOf(IServiceProvider services)
    {
        var addresses = services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        return addresses.FirstOrDefault() is { } address
            ? new Uri(address)
            : throw new InvalidOperationException("The sidecar's endpoint is known only once the service host listens; call it later.");
    }
}
