using Platform.Engine;
using Platform.Kernels;

namespace Platform.Cli.Verify;

/// <summary><c>gdn.*</c>: decay, and the recurrent delta rule from a zero and from a given state.</summary>
internal static class DeltaRuleCases
{
    public static void Add(UnitOpsCases cases, KernelSet kernels, Dictionary<string, Func<GoldenRow>> computed)
    {
        computed["gdn.g"] = () => GoldenComparison.Absolute("gdn.g", cases.Read("gdn.g"), LogDecay(cases), 1e-5);
        foreach (var start in new[] { "zero_state", "given_state" })
        {
            var run = new Lazy<(GoldenTensor Out, GoldenTensor State)>(() => Scan(cases, kernels, start == "given_state"));
            var output = $"gdn.{start}.out";
            var state = $"gdn.{start}.final_state";
            computed[output] = () => GoldenComparison.Absolute(output, cases.Read(output), run.Value.Out, 1e-4);
            computed[state] = () => GoldenComparison.Absolute(state, cases.Read(state), run.Value.State, 1e-4);
        }
    }

    private static GoldenTensor LogDecay(UnitOpsCases cases)
    {
        var (a, decay, bias) = (cases.Floats("gdn.a"), cases.Floats("gdn.A_log"), cases.Floats("gdn.dt_bias"));
        var result = new float[a.Length];
        for (var i = 0; i < a.Length; i++)
        {
            var head = i % decay.Length;
            result[i] = -(float)PreciseFunctions.Exp(decay[head]) * PreciseFunctions.Softplus(a[i] + bias[head]);
        }

        return GoldenTensor.Of(result, [.. cases.Read("gdn.a").Shape]);
    }

    private static (GoldenTensor Out, GoldenTensor State) Scan(UnitOpsCases cases, KernelSet kernels, bool givenState)
    {
        var shape = new DeltaShape(cases);
        var (q, k, v) = (cases.Floats("gdn.q"), cases.Floats("gdn.k"), cases.Floats("gdn.v"));
        var (g, beta) = (cases.Floats("gdn.g"), cases.Floats("gdn.beta"));
        var outputs = new float[v.Length];
        var padded = (shape.ValueDim + 15) / 16 * 16;
        using var memory = new NativeBuffer((long)shape.ValueHeads * shape.KeyDim * padded * sizeof(float));
        var states = memory.Rows(0, shape.ValueHeads * shape.KeyDim, padded, padded);
        if (givenState)
            CopyRows(cases.Floats("gdn.initial_state"), states, shape.ValueDim);
        using var rowMemory = new NativeBuffer((long)shape.Tokens * shape.RowWidth * sizeof(float));
        var rows = rowMemory.Rows(0, shape.Tokens, shape.RowWidth, shape.RowWidth);
        for (var head = 0; head < shape.ValueHeads; head++)
        {
            for (var token = 0; token < shape.Tokens; token++)
            {
                var keyAt = (token * shape.KeyHeads + head / (shape.ValueHeads / shape.KeyHeads)) * shape.KeyDim;
                var at = token * shape.ValueHeads + head;
                var row = rows[token];
                Unit(q.AsSpan(keyAt, shape.KeyDim), shape, kernels, 1f / MathF.Sqrt(shape.KeyDim)).CopyTo(row);
                Unit(k.AsSpan(keyAt, shape.KeyDim), shape, kernels, 1f).CopyTo(row[shape.KeyDim..]);
                v.AsSpan(at * shape.ValueDim, shape.ValueDim).CopyTo(row[(2 * shape.KeyDim)..]);
                row[^2] = ElementaryFunctions.Exp(g[at]);
                row[^1] = beta[at];
            }

            var walk = Walk(states.Rows(head * shape.KeyDim, shape.KeyDim), rows, shape);
            kernels.DeltaRule(walk);
            for (var token = 0; token < shape.Tokens; token++)
                walk.Output[token].CopyTo(outputs.AsSpan((token * shape.ValueHeads + head) * shape.ValueDim));
        }

        var final = new float[states.Count * shape.ValueDim];
        for (var row = 0; row < states.Count; row++)
            states[row][..shape.ValueDim].CopyTo(final.AsSpan(row * shape.ValueDim));
        return (
            GoldenTensor.Of(outputs, shape.Tokens, shape.ValueHeads, shape.ValueDim),
            GoldenTensor.Of(final, shape.ValueHeads, shape.KeyDim, shape.ValueDim));
    }

    private static DeltaWalk Walk(FloatRows state, FloatRows rows, DeltaShape shape) => new()
    {
        Source = state,
        Target = state,
        Queries = rows.Columns(0, shape.KeyDim),
        Keys = rows.Columns(shape.KeyDim, shape.KeyDim),
        Values = rows.Columns(2 * shape.KeyDim, shape.ValueDim),
        Output = rows.Columns(2 * shape.KeyDim + shape.ValueDim, shape.ValueDim),
        Decay = rows.Columns(shape.RowWidth - 2, 1),
        Beta = rows.Columns(shape.RowWidth - 1, 1),
    };

    private static float[] Unit(Span<float> values, DeltaShape shape, KernelSet kernels, float scale)
    {
        var unit = values.ToArray();
        kernels.L2Norm(unit, shape.Epsilon, scale);
        return unit;
    }

    private static void CopyRows(float[] source, FloatRows target, int width)
    {
        for (var row = 0; row < target.Count; row++)
            source.AsSpan(row * width, width).CopyTo(target[row]);
    }

    private sealed class DeltaShape(UnitOpsCases cases)
    {
        /// <summary>A token's query, key, value, output, decay and strength side by side.</summary>
        public int RowWidth => 2 * KeyDim + 2 * ValueDim + 2;

        public int Tokens { get; } = (int)cases.Number("gdn", "tokens");

        public int KeyHeads { get; } = (int)cases.Number("gdn", "num_key_heads");

        public int ValueHeads { get; } = (int)cases.Number("gdn", "num_value_heads");

        public int KeyDim { get; } = (int)cases.Number("gdn", "key_head_dim");

        public int ValueDim { get; } = (int)cases.Number("gdn", "value_head_dim");

        public float Epsilon { get; } = (float)cases.Number("l2norm_eps");
    }
}
