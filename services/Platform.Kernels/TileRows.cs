namespace Platform.Kernels;

/// <summary>How many rows the next tile takes.</summary>
internal static class TileRows
{
    /// <summary>All that a tile holds; the last two tiles share what is left evenly, since a narrow one costs as much to load.</summary>
    public static int Next(int rows, int most) => rows <= most ? rows : rows < 2 * most ? (rows + 1) / 2 : most;
}
