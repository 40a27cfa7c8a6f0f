using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Platform.Gateway.Errors;
using Platform.Gateway.Options;

namespace Platform.Gateway.Media;

/// <summary>
/// Fetches a file from a public http(s) address when the operator allows it. The guard looks at the address that is connected to, after
/// the name was resolved, so a name that changes its mind gains nothing. Redirects are not followed.
/// </summary>
internal sealed class MediaFetcher : IDisposable
{
    private readonly MediaFetchOptions _options;
    private readonly HttpClient _client;

    public MediaFetcher(IOptions<GatewayOptions> options)
        : this(options.Value.Fetch, PublicAddress.Is)
    {
    }

    // Which addresses may be connected to is a parameter, so that tests can serve pictures on loopback.
    internal MediaFetcher(MediaFetchOptions options, Func<IPAddress, bool> mayReach)
    {
        _options = options;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, mayReach, cancellationToken),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The file's bytes.</summary>
    /// <exception cref="ApiException">Not fetched; the message names <paramref name="path"/>, where the address stands in the request.</exception>
    public async Task<byte[]> FetchAsync(string address, string path, CancellationToken cancellationToken)
    {
        var uri = Check(address, path);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        try
        {
            using var response = await _client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!response.IsSuccessStatusCode)
                throw ApiException.Invalid(Unusable(path, uri, response), path, "media_fetch_failed");
            return await ReadAsync(response.Content, path, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw ApiException.Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{path}' did not arrive within {_options.Timeout.TotalSeconds:0.#} seconds from {uri.Host}. Send it as a data URI."),
                path,
                "media_fetch_failed");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw failure.InnerException is UnauthorizedAccessException
                ? Forbidden(uri.Host, path)
                : ApiException.Invalid($"'{path}' could not be fetched from {uri.Host}. Send it as a data URI.", path, "media_fetch_failed");
        }
    }

    public void Dispose() => _client.Dispose();

    private Uri Check(string address, string path)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw ApiException.Invalid(
                $"'{path}' is neither a data URI nor an http(s) address. Send data:image/png;base64, and then the file in base64.", path);
        }

        if (!_options.Enabled)
        {
            throw ApiException.Invalid(
                $"'{path}' is an address, and this server fetches none. Send the file as a data URI; an operator may allow fetching with Gateway:Fetch:Enabled.",
                path,
                "media_fetch_disabled");
        }

        if (uri.UserInfo.Length > 0 || (_options.Hosts.Count > 0 && !_options.Hosts.Contains(uri.Host, StringComparer.OrdinalIgnoreCase)))
            throw Forbidden(uri.Host, path);
        return uri;
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, Func<IPAddress, bool> mayReach, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, address => mayReach(address));

        // A name with even one private address is a trick or a mistake.
        if (allowed.Length == 0 || allowed.Length < addresses.Length)
            throw new UnauthorizedAccessException($"{target.Host} has an address that is not public.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<byte[]> ReadAsync(HttpContent content, string path, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > _options.MaxBytes)
            throw TooLarge(path);
        using var file = new MemoryStream();
        await using var input = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[64 * 1024];
        while (await input.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            file.Write(buffer, 0, count);
            if (file.Length > _options.MaxBytes)
                throw TooLarge(path);
        }

        return file.ToArray();
    }

    private static string Unusable(string path, Uri uri, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return status is >= 300 and < 400
            ? $"'{path}' at {uri.Host} answered with a redirect, which is not followed. Send the final address or a data URI."
            : string.Create(CultureInfo.InvariantCulture, $"'{path}' at {uri.Host} answered {status}. Send an address that answers 200, or a data URI.");
    }

    private ApiException TooLarge(string path) => ApiException.Invalid(
        string.Create(CultureInfo.InvariantCulture, $"'{path}' is larger than {_options.MaxBytes} bytes. Send a smaller file."), path, "media_too_large");

    private static ApiException Forbidden(string host, string path) => ApiException.Invalid(
        $"'{path}' names {host}, from which this server does not fetch: only public hosts that the operator allows. Send the file as a data URI.",
        path,
        "media_fetch_forbidden");
}
