namespace Platform.Kernels;

/// <summary>One value head's walk over consecutive tokens: where its state comes from and goes to, and what the tokens bring.</summary>
public readonly record struct DeltaWalk
{
    /// <summary>The state before the first token: [Dk, Dv padded to 16], the padding zero; no rows for the zero state.</summary>
    public required FloatRows Source { get; init; }

    /// <summary>The state after the last token, of the same shape; may be the source.</summary>
    public required FloatRows Target { get; init; }

    /// <summary>[T, Dk], normalised and scaled.</summary>
    public required FloatRows Queries { get; init; }

    /// <summary>[T, Dk], normalised.</summary>
    public required FloatRows Keys { get; init; }

    /// <summary>[T, Dv].</summary>
    public required FloatRows Values { get; init; }

    /// <summary>[T, 1]: α = exp(g), in (0, 1].</summary>
    public required FloatRows Decay { get; init; }

    /// <summary>[T, 1]: the write strength, in (0, 1).</summary>
    public required FloatRows Beta { get; init; }

    /// <summary>[T, Dv]: what each token reads.</summary>
    public required FloatRows Output { get; init; }

    internal void Check()
    {
        var keyDim = Target.Count;
        var fits = keyDim is > 0 and <= GatedDelta.MaxKeyDim && Target.Width % Lanes.Count == 0 && Values.Width <= Target.Width && Values.Width > 0
            && (Source.Count == 0 || (Source.Count == keyDim && Source.Width == Target.Width))
            && Queries.Width == keyDim && Keys.Width == keyDim && Output.Width == Values.Width && Decay.Width == 1 && Beta.Width == 1;
        if (!fits)
        {
            throw new ArgumentException(
                $"A state [{keyDim}, {Target.Width}] from one of [{Source.Count}, {Source.Width}] does not fit queries of {Queries.Width}, keys of " +
                $"{Keys.Width}, values of {Values.Width} and outputs of {Output.Width}, or keys are longer than {GatedDelta.MaxKeyDim}.");
        }

        var tokens = Values.Count;
        if (tokens == 0 || Queries.Count != tokens || Keys.Count != tokens || Decay.Count != tokens || Beta.Count != tokens || Output.Count != tokens)
        {
            throw new ArgumentException(
                $"{tokens} values, {Queries.Count} queries, {Keys.Count} keys, {Decay.Count} decays, {Beta.Count} strengths and {Output.Count} " +
                "outputs are not one each of the same tokens.");
        }
    }
}
