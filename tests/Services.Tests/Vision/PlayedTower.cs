using Platform.Model.Pictures;
using Platform.Vision;

namespace Services.Tests.Vision;

/// <summary>A tower whose outputs can be foretold and which works only when it is let.</summary>
internal sealed class PlayedTower(int hiddenSize, bool open = true) : IDisposable
{
    private readonly ManualResetEventSlim _open = new(open);
    private readonly SemaphoreSlim _entered = new(0);

    /// <summary>How many runs were cancelled.</summary>
    public int Cancelled;

    /// <summary>Whether runs fail.</summary>
    public volatile bool Fails;

    public VisionModel Model => new(
        "played-1", hiddenSize, new ImageProcessorConfig { MinPixels = 1_024 }, new VideoProcessorConfig { MinPixels = 1_024 }, Encode);

    /// <summary>The value at a place of an embedding of a one-colour picture.</summary>
    public static float Value(int row, int column, float firstPixel) => row * 1000 + column + firstPixel;

    public void Open() => _open.Set();

    public Task EnteredAsync(CancellationToken cancellationToken) => _entered.WaitAsync(cancellationToken);

    public void Dispose()
    {
        _open.Dispose();
        _entered.Dispose();
    }

    private float[] Encode(MediaPatches patches, CancellationToken cancellationToken)
    {
        _entered.Release();
        try
        {
            _open.Wait(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref Cancelled);
            throw;
        }

        if (Fails)
            throw new InvalidOperationException("The tower was told to fail.");
        var rows = new float[patches.Grid.Tokens(2) * hiddenSize];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = Value(i / hiddenSize, i % hiddenSize, patches.Values[0]);
        return rows;
    }
}
