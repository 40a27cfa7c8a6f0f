using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;

namespace Platform.Gateway.Media;

/// <summary>The bytes of a <c>data:…;base64,…</c> address, read from the request without a copy of its text where possible.</summary>
internal static class DataUri
{
    public static bool Is(ReadOnlySpan<byte> address) => address.Length >= 5 && Ascii.EqualsIgnoreCase(address[..5], "data:"u8);

    /// <param name="address">A string of the request.</param>
    /// <param name="path">Where it stands, for messages.</param>
    /// <exception cref="ApiException">Not base64, or nothing in it.</exception>
    public static byte[] Decode(JsonElement address, string path)
    {
        var text = Text(address);
        var comma = text.IndexOf((byte)',');
        if (comma < 0)
            throw ApiException.Invalid($"'{path}' is a data URI without a comma. Send data:image/png;base64, and then the file in base64.", path);
        if (!Encoding.UTF8.GetString(text[..comma]).EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
            throw ApiException.Invalid($"'{path}' is a data URI that is not base64. Send data:image/png;base64, and then the file in base64.", path);
        return DecodeBase64(text[(comma + 1)..], path);
    }

    /// <summary>The UTF-8 of a JSON string.</summary>
    public static ReadOnlySpan<byte> Text(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        var inner = raw[1..^1];
        return inner.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(value.GetString()!) : inner;
    }

    private static byte[] DecodeBase64(ReadOnlySpan<byte> text, string path)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        var status = Base64.DecodeFromUtf8(text, bytes, out var read, out var count);
        if (status != OperationStatus.Done || read != text.Length)
        {
            var found = JsonWords.Shorten(Encoding.UTF8.GetString(text.Slice(read, Math.Min(8, text.Length - read))));
            throw ApiException.Invalid(
                $"'{path}' is not base64 from character {read} of its data on ('{found}'). Encode the file with standard base64 and its padding.", path);
        }

        if (count == 0)
            throw ApiException.Invalid($"'{path}' is a data URI with no data. Send the file in base64.", path);
        return count == bytes.Length ? bytes : bytes[..count];
    }
}
