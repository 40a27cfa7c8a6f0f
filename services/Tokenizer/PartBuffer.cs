using System.Buffers;
using Google.Protobuf;
using Grpc.Core;

namespace Platform.Tokenizer;

/// <summary>Joins the parts of one input, up to a bound.</summary>
internal sealed class PartBuffer(int maxBytes)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <exception cref="RpcException">INVALID_ARGUMENT: the input is larger than the bound.</exception>
    public void Append(ByteString part)
    {
        if (_bytes.WrittenCount + part.Length > maxBytes)
        {
            throw new RpcException(new Status(
                StatusCode.InvalidArgument, $"The text is larger than {maxBytes} bytes, the most that one request may have. Shorten it."));
        }
        _bytes.Write(part.Span);
    }

    /// <summary>What was joined so far; valid until the next append.</summary>
    public ReadOnlyMemory<byte> Joined => _bytes.WrittenMemory;
}
