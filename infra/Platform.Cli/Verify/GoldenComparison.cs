namespace Platform.Cli.Verify;

/// <summary>Compares a computed tensor with a golden one and says how in a row.</summary>
internal static class GoldenComparison
{
    /// <summary>max |a − b| at most the tolerance.</summary>
    public static GoldenRow Absolute(string name, GoldenTensor golden, GoldenTensor computed, double tolerance, string note = "abs")
    {
        if (!SameShape(golden, computed) || golden.Floats is not { } expected || computed.Floats is not { } found)
            return Misshapen(name, note, golden, computed);
        return Judge(name, note, Errors(expected, found), tolerance);
    }

    /// <summary>max |a − b| / max(|b|, 1e−30) at most the tolerance.</summary>
    public static GoldenRow Relative(string name, GoldenTensor golden, GoldenTensor computed, double tolerance)
    {
        if (!SameShape(golden, computed) || golden.Floats is not { } expected || computed.Floats is not { } found)
            return Misshapen(name, "relative", golden, computed);
        var errors = Errors(expected, found);
        for (var i = 0; i < errors.Length; i++)
            errors[i] /= Math.Max(Math.Abs(expected[i]), 1e-30);
        return Judge(name, "relative", errors, tolerance);
    }

    /// <summary>Equal in every element.</summary>
    public static GoldenRow Exact(string name, GoldenTensor golden, GoldenTensor computed)
    {
        if (golden.Integers is null)
            return Absolute(name, golden, computed, 0, "exact");
        if (!SameShape(golden, computed) || computed.Integers is not { } found)
            return Misshapen(name, "exact", golden, computed);
        for (var i = 0; i < found.Length; i++)
        {
            if (found[i] != golden.Integers[i])
                return new GoldenRow(name, GoldenVerdict.Failed, "exact", Note: $"element {i} is {found[i]}, needed {golden.Integers[i]}");
        }

        return new GoldenRow(name, GoldenVerdict.Passed, "exact", 0, 0, 0);
    }

    /// <summary>Chosen experts [T, k]: the same set in every row.</summary>
    public static GoldenRow Sets(string name, GoldenTensor golden, GoldenTensor computed)
    {
        if (!SameShape(golden, computed) || golden.Integers is not { } expected || computed.Integers is not { } found)
            return Misshapen(name, "as a set", golden, computed);
        var perRow = (int)golden.Shape[^1];
        for (var row = 0; row < expected.Length / perRow; row++)
        {
            var needed = expected.AsSpan(row * perRow, perRow).ToArray();
            var chosen = found.AsSpan(row * perRow, perRow).ToArray();
            if (!needed.ToHashSet().SetEquals(chosen))
            {
                return new GoldenRow(
                    name, GoldenVerdict.Failed, "as a set",
                    Note: $"token {row} chose {string.Join(' ', chosen)}, needed {string.Join(' ', needed)}");
            }
        }

        return new GoldenRow(name, GoldenVerdict.Passed, "as a set", 0, 0, 0);
    }

    /// <summary>Expert weights [T, k], each looked up by its expert's id; an expert not chosen counts as weight 0.</summary>
    public static GoldenRow WeightsById(
        string name, GoldenTensor golden, GoldenTensor goldenExperts, GoldenTensor computed, GoldenTensor computedExperts, double tolerance)
    {
        if (!SameShape(golden, computed) || golden.Floats is not { } expected || computed.Floats is not { } found)
            return Misshapen(name, "by expert id", golden, computed);
        var perRow = (int)golden.Shape[^1];
        var errors = new double[expected.Length];
        for (var i = 0; i < expected.Length; i++)
        {
            var start = i / perRow * perRow;
            var rank = Array.IndexOf(computedExperts.Integers!, goldenExperts.Integers![i], start, perRow);
            errors[i] = Math.Abs(expected[i] - (rank < 0 ? 0 : found[rank]));
        }

        return Judge(name, "by expert id", errors, tolerance);
    }

    /// <summary>Conv states [.., C, 4]: the last three columns; the first is dead weight.</summary>
    public static GoldenRow LastColumns(string name, GoldenTensor golden, GoldenTensor computed, double tolerance)
    {
        if (!SameShape(golden, computed) || golden.Floats is not { } expected || computed.Floats is not { } found)
            return Misshapen(name, "last 3 columns", golden, computed);
        var columns = (int)golden.Shape[^1];
        var errors = Errors(expected, found);
        for (var i = 0; i < errors.Length; i += columns)
            errors[i] = 0;
        return Judge(name, tolerance == 0 ? "last 3 columns, exact" : "last 3 columns, abs", errors, tolerance);
    }

    /// <summary>A row from a list of errors.</summary>
    public static GoldenRow Judge(string name, string comparison, double[] errors, double tolerance)
    {
        var max = 0.0;
        foreach (var error in errors)
            max = double.IsNaN(error) || error > max ? error : max;
        var mean = errors.Length == 0 ? 0 : errors.Sum() / errors.Length;
        var passed = max <= tolerance;
        var note = passed ? null : $"largest error {max:g3} at element {Array.IndexOf(errors, max)}, allowed {tolerance:g3}";
        return new GoldenRow(name, passed ? GoldenVerdict.Passed : GoldenVerdict.Failed, comparison, max, mean, tolerance, note);
    }

    public static GoldenRow Misshapen(string name, string comparison, GoldenTensor golden, GoldenTensor computed) => new(
        name, GoldenVerdict.Failed, comparison, Note: $"computed shape {computed.ShapeText}, needed {golden.ShapeText}");

    public static double[] Errors(float[] expected, float[] found)
    {
        var errors = new double[expected.Length];
        for (var i = 0; i < errors.Length; i++)
            errors[i] = expected[i].Equals(found[i]) ? 0 : Math.Abs((double)expected[i] - found[i]);
        return errors;
    }

    private static bool SameShape(GoldenTensor a, GoldenTensor b) => a.Shape.SequenceEqual(b.Shape);
}
