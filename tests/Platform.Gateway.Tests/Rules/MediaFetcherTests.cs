using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Platform.Gateway.Errors;
using Platform.Gateway.Media;
using Platform.Gateway.Options;

namespace Platform.Gateway.Tests.Rules;

public sealed class MediaFetcherTests : IAsyncLifetime
{
    private WebApplication _server = null!;

    private string Address => _server.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.MapGet("/picture", () => Results.Bytes(new byte[1000]));
        _server.MapGet("/moved", () => Results.Redirect("/picture"));
        _server.MapGet("/endless", async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(new byte[1000], context.RequestAborted);
        });
        _server.MapGet("/silent", context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Fetches_a_file()
    {
        using var fetcher = Fetcher();
        Assert.Equal(1000, (await fetcher.FetchAsync(Address + "/picture", "image", TestContext.Current.CancellationToken)).Length);
    }

    [Theory]
    [InlineData("/moved", "redirect")]
    [InlineData("/missing", "404")]
    [InlineData("/endless", "larger than 5000 bytes")]
    [InlineData("/silent", "within")]
    public async Task What_is_no_plain_file_in_bounds_is_refused(string path, string says)
    {
        using var fetcher = Fetcher();
        await RefusedAsync(fetcher, Address + path, says);
    }

    [Fact]
    public async Task An_address_that_is_not_public_is_refused_after_its_name_was_resolved()
    {
        using var fetcher = new MediaFetcher(new MediaFetchOptions { Enabled = true }, PublicAddress.Is);
        await RefusedAsync(fetcher, Address + "/picture", "does not fetch");
        await RefusedAsync(fetcher, new UriBuilder(Address) { Host = "localhost" }.Uri + "picture", "does not fetch");
        await RefusedAsync(fetcher, new UriBuilder(Address) { Host = "[::ffff:127.0.0.1]" }.Uri + "picture", "does not fetch");
        await RefusedAsync(fetcher, $"http://0x7f000001:{new Uri(Address).Port}/picture", "does not fetch");
    }

    [Fact]
    public async Task Nothing_is_fetched_unless_the_operator_allows_it_and_the_host()
    {
        using var closed = new MediaFetcher(new MediaFetchOptions(), static _ => true);
        await RefusedAsync(closed, Address + "/picture", "Gateway:Fetch:Enabled");
        using var other = new MediaFetcher(new MediaFetchOptions { Enabled = true, Hosts = { "pictures.example" } }, static _ => true);
        await RefusedAsync(other, Address + "/picture", "does not fetch");
        using var open = Fetcher();
        await RefusedAsync(open, "file:///etc/passwd", "neither a data URI");
    }

    private static MediaFetcher Fetcher() => new(
        new MediaFetchOptions { Enabled = true, MaxBytes = 5000, Timeout = TimeSpan.FromSeconds(1) }, static _ => true);

    private static async Task RefusedAsync(MediaFetcher fetcher, string address, string says)
    {
        var refused = await Assert.ThrowsAsync<ApiException>(() => fetcher.FetchAsync(address, "messages[0].content[0].image", CancellationToken.None));
        Assert.Equal(400, refused.Error.Status);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }
}
