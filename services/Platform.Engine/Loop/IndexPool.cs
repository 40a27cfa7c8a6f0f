namespace Platform.Engine;

/// <summary>Numbers 0..n-1, each either free or taken; a number returned twice is noticed.</summary>
internal sealed class IndexPool
{
    private readonly int[] _free;
    private readonly bool[] _taken;
    private readonly string _what;

    public IndexPool(int total, string what)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        _what = what;
        _taken = new bool[total];
        _free = new int[total];
        for (var i = 0; i < total; i++)
            _free[i] = total - 1 - i;              // the lowest number is taken first
        Free = total;
    }

    public int Total => _taken.Length;

    public int Free { get; private set; }

    public int Take()
    {
        if (Free == 0)
            throw new InvalidOperationException($"No {_what} is free; all {Total} are taken. Ask before taking.");
        var index = _free[--Free];
        _taken[index] = true;
        return index;
    }

    public void Return(int index)
    {
        if (index < 0 || index >= Total || !_taken[index])
            throw new InvalidOperationException($"{_what} {index} of {Total} is returned but nobody holds it.");
        _taken[index] = false;
        _free[Free++] = index;
    }
}
