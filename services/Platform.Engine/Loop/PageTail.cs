using Platform.Kernels;

namespace Platform.Engine;

/// <summary>Clears what a page holds past a sequence's last position: left there by whoever had the page before, and no business of an export.</summary>
/// <remarks>Follows the layout that <see cref="KvLayout"/> describes: keys in panels of 16 positions with the positions in the lanes, values in rows; in
/// BF16 and INT8 two dimensions of a key and two positions of a value lie side by side; INT8 has a scale per position of each.</remarks>
internal static class PageTail
{
    /// <summary>Zeroes every element of positions <paramref name="kept"/> and later.</summary>
    /// <param name="layout">How the page lies.</param>
    /// <param name="page">All bytes of one page.</param>
    /// <param name="kept">Positions that stay, 1 to 64.</param>
    public static void Clear(KvLayout layout, Span<byte> page, int kept)
    {
        for (var layer = 0; layer < layout.Layers; layer++)
        {
            var rest = page.Slice(checked((int)(layer * layout.LayerBytes)), (int)layout.LayerBytes);
            for (var head = 0; head < layout.KvHeads; head++)
            {
                ClearKeys(layout, rest[..(layout.KeyHeadElements * layout.ElementBytes)], kept);
                rest = rest[(layout.KeyHeadElements * layout.ElementBytes)..];
            }

            for (var head = 0; head < layout.KvHeads; head++)
            {
                ClearValues(layout, rest[..(layout.ValueHeadElements * layout.ElementBytes)], kept);
                rest = rest[(layout.ValueHeadElements * layout.ElementBytes)..];
            }

            for (; rest.Length > 0; rest = rest[layout.ScaleHeadBytes..])
                rest[(kept * sizeof(float))..layout.ScaleHeadBytes].Clear();
        }
    }

    private static void ClearKeys(KvLayout layout, Span<byte> keys, int kept)
    {
        // One float, or two dimensions of a narrower type.
        var laneBytes = layout.Storage == KvStorage.F32 ? layout.ElementBytes : 2 * layout.ElementBytes;
        var rowBytes = KvLayout.PanelPositions * laneBytes;
        var panelBytes = layout.KeyPanelElements * layout.ElementBytes;
        for (var panel = 0; panel * KvLayout.PanelPositions < KvLayout.PagePositions; panel++)
        {
            var lanes = Math.Clamp(kept - panel * KvLayout.PanelPositions, 0, KvLayout.PanelPositions);
            for (var row = panel * panelBytes; row < (panel + 1) * panelBytes; row += rowBytes)
                keys.Slice(row + lanes * laneBytes, rowBytes - lanes * laneBytes).Clear();
        }
    }

    private static void ClearValues(KvLayout layout, Span<byte> values, int kept)
    {
        var positionBytes = layout.PaddedHeadDim * layout.ElementBytes;
        var whole = kept;
        if (layout.Storage != KvStorage.F32 && kept % 2 == 1)
        {
            // The second half of each lane of the pair belongs to the position after the last.
            var pair = values.Slice((kept - 1) * positionBytes, 2 * positionBytes);
            for (var i = layout.ElementBytes; i < pair.Length; i += 2 * layout.ElementBytes)
                pair.Slice(i, layout.ElementBytes).Clear();
            whole++;
        }

        values[(whole * positionBytes)..].Clear();
    }
}
