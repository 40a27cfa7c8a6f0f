namespace Platform.Text.Grammar;

/// <summary>Bytes that no edge of a grammar tells apart are one class, which keeps tables of transitions small.</summary>
internal sealed class ByteClasses
{
    private readonly byte[] _classOf = new byte[256];

    public ByteClasses(GrammarState[] states)
    {
        var begins = new bool[257];
        foreach (var state in states)
        {
            foreach (var edge in state.Bytes)
                begins[edge.Low] = begins[edge.High + 1] = true;
        }

        int current = 0;
        for (int value = 1; value < 256; value++)
        {
            if (begins[value])
                current++;
            _classOf[value] = (byte)current;
        }

        Count = current + 1;
    }

    public int Count { get; }

    public int Of(byte value) => _classOf[value];
}
