using System.Net;
using System.Net.Sockets;

namespace Platform.Cli.Embedded;

/// <summary>Finds ports for listeners that cannot choose one themselves.</summary>
internal static class FreePort
{
    /// <summary>A loopback port that was free a moment ago; another process may still take it first.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Whether a start failed because somebody else had the port.</summary>
    public static bool WasTaken(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                return true;
        }
        return false;
    }
}
