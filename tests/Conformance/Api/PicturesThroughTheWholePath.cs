using System.Buffers.Binary;
using System.Text.Json;

namespace Conformance.Api;

public sealed class PicturesThroughTheWholePath(PictureApi api) : IClassFixture<PictureApi>
{
    [Fact]
    public async Task A_picture_and_a_video_are_tokens_of_the_prompt()
    {
        var text = await TokensAsync("""{"type":"text","text":"."}""");
        var picture = await TokensAsync(Picture(File("grey.png")));
        var video = await TokensAsync($$"""{"type":"video","video":["{{Frame}}","{{Frame}}"],"fps":2}""");
        Assert.All([picture, video], tokens => Assert.True(tokens > text, $"{tokens} tokens with a medium, {text} without"));
    }

    [Fact]
    public async Task An_animation_is_a_video_file() => Assert.Contains(
        "32x24",
        await RefusedAsync($$"""{"type":"video_url","video_url":{"url":"{{File("animated.gif", "gif")}}"} }""", "video_url"),
        StringComparison.Ordinal);

    [Fact]
    public async Task What_is_no_picture_is_refused_and_the_place_named()
    {
        await RefusedAsync(Picture("data:image/png;base64,aGVsbG8gd29ybGQ="));
        await RefusedAsync(Picture("data:image/png;base64,aGVs*"));
        await RefusedAsync(Picture(File("grey.png")[..^400] + "AAAA"));
    }

    [Fact]
    public async Task Pictures_out_of_all_proportion_are_refused_before_they_are_unpacked()
    {
        await RefusedAsync(Picture(File("too-thin.png")));
        await RefusedAsync(Picture(Png(1, 100_000)));
        await RefusedAsync(Picture(Png(60_000, 60_000)));
    }

    [Fact]
    public async Task An_address_is_refused_unless_the_operator_allows_fetching() =>
        Assert.Contains("Gateway:Fetch:Enabled", await RefusedAsync(Picture("http://127.0.0.1/x.png")), StringComparison.Ordinal);

    private async Task<int> TokensAsync(string part)
    {
        var (status, answer) = await api.AskAsync(part);
        Assert.True(status == 200, answer.GetRawText());
        return answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
    }

    private async Task<string> RefusedAsync(string part, string field = "image_url")
    {
        var (status, answer) = await api.AskAsync(part);
        Assert.True(status == 400, answer.GetRawText());
        PublishedErrorShape(answer);
        Assert.Equal($"messages[0].content[1].{field}", answer.GetProperty("error").GetProperty("param").GetString());
        return answer.GetProperty("error").GetProperty("message").GetString()!;
    }

    private static void PublishedErrorShape(JsonElement answer) => Assert.Equal(
        ["code", "message", "param", "type"], answer.GetProperty("error").EnumerateObject().Select(field => field.Name).Order());

    private static string Frame => File(Path.Combine("..", "image-preprocess", "image0.png"));

    private static string Picture(string url) => $$"""{"type":"image_url","image_url":{"url":"{{url}}"} }""";

    private static string File(string name, string type = "png")
    {
        var path = Path.Combine(Repository.Root, "tests", "Parity", "goldens", "picture-decode", name);
        return $"data:image/{type};base64,{Convert.ToBase64String(System.IO.File.ReadAllBytes(path))}";
    }

    // A header that claims a size, and next to no data: what unpacks to gigabytes, or what nobody should begin to unpack.
    private static string Png(int width, int height)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = 2;
        byte[] png = [137, 80, 78, 71, 13, 10, 26, 10, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, [120, 156, 3, 0, 0, 0, 0, 1]), .. Chunk("IEND"u8, [])];
        return "data:image/png;base64," + Convert.ToBase64String(png);
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        name.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(data.Length + 8), Checksum(chunk.AsSpan(4, data.Length + 4)));
        return chunk;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum >> 1) ^ (0xEDB88320 & (0 - (sum & 1)));
        }

        return ~sum;
    }
}
