using Platform.Contracts.Vision;

namespace Platform.Vision;

/// <summary>One upload as it arrives: options first, then the bytes of one or more files.</summary>
internal sealed class UploadedFiles(VisionOptions limits)
{
    private readonly List<MemoryStream> _files = [new()];
    private UploadOptions? _options;
    private long _bytes;

    /// <summary>The upload's options.</summary>
    public UploadOptions Options => _options ?? throw new UploadException("The upload has no options. Send them as its first part.");

    /// <summary>The files, in the order they came.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Files => [.. _files.Select(file => (ReadOnlyMemory<byte>)file.GetBuffer().AsMemory(0, (int)file.Length))];

    /// <summary>Takes the next part.</summary>
    /// <exception cref="UploadException">The part is out of order, or the upload grows beyond the limits.</exception>
    public void Take(UploadPart part)
    {
        switch (part.PartCase)
        {
            case UploadPart.PartOneofCase.Options when _options is null:
                _options = part.Options;
                break;
            case UploadPart.PartOneofCase.Data when _options is not null:
                Append(part.Data.Span);
                break;
            case UploadPart.PartOneofCase.NextFile when _options is not null:
                BeginFile();
                break;
            default:
                throw new UploadException($"An upload is one options part, then data and next-file parts; a part of kind {part.PartCase} is out of order.");
        }
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        _bytes += data.Length;
        if (_bytes > limits.MaxUploadBytes)
            throw new UploadException($"The picture or video has more than {limits.MaxUploadBytes} bytes, the most that are accepted. Scale it down.");
        _files[^1].Write(data);
    }

    private void BeginFile()
    {
        if (_files.Count == limits.MaxFiles)
            throw new UploadException($"The video has more than {limits.MaxFiles} pictures, the most that are accepted. Send fewer.");
        _files.Add(new MemoryStream());
    }
}
