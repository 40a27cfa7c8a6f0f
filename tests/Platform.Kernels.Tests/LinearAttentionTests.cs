using CsCheck;

namespace Platform.Kernels.Tests;

public sealed class LinearAttentionTests
{
    private static readonly Gen<(int KeyDim, int ValueDim, int Tokens, bool FromZero, bool InPlace, int Seed)> Walks = Gen.Select(
        Any.Of(1, 7, 16, 24, 32, 128), Any.Of(1, 5, 16, 17, 31, 32, 33, 40, 48, 80, 128), Gen.Int[1, 12], Gen.Bool, Gen.Bool, Gen.Int[0, 1000]);

    [Fact]
    public void A_delta_walk_has_the_bits_of_its_plain_form_whatever_the_shape() =>
        Walks.Sample(
            shape =>
            {
                using var tokens = new Tokens(shape.KeyDim, shape.ValueDim, shape.Tokens, shape.Seed);
                using var fast = new States(shape.KeyDim, shape.ValueDim, shape.FromZero, shape.InPlace, shape.Seed);
                using var plain = new States(shape.KeyDim, shape.ValueDim, shape.FromZero, shape.InPlace, shape.Seed);
                using var fastReads = new Matrix(shape.Tokens, shape.ValueDim);
                using var plainReads = new Matrix(shape.Tokens, shape.ValueDim);
                GatedDelta.Run(tokens.Walk(fast.Source, fast.Target, 0, shape.Tokens, fastReads.Rows));
                GatedDelta.RunReference(tokens.Walk(plain.Source, plain.Target, 0, shape.Tokens, plainReads.Rows));
                Assert.Equal(plainReads.Bits(), fastReads.Bits());
                Assert.Equal(plain.TargetBits(), fast.TargetBits());
            },
            iter: 200, threads: 1);

    [Fact]
    public void A_delta_walk_cut_anywhere_and_written_elsewhere_keeps_its_bits()
    {
        const int Count = 9;
        using var tokens = new Tokens(24, 48, Count, 5);
        using var whole = new States(24, 48, fromZero: false, inPlace: true, 6);
        using var wholeReads = new Matrix(Count, 48);
        GatedDelta.Run(tokens.Walk(whole.Source, whole.Target, 0, Count, wholeReads.Rows));
        for (var cut = 1; cut < Count; cut++)
        {
            using var cutStates = new States(24, 48, fromZero: false, inPlace: false, 6);
            using var between = new Matrix(24, 48, padding: 0);
            using var reads = new Matrix(Count, 48);
            GatedDelta.Run(tokens.Walk(cutStates.Source, between.Rows, 0, cut, reads.Rows));
            GatedDelta.Run(tokens.Walk(between.Rows, cutStates.Target, cut, Count - cut, reads.Rows));
            Assert.Equal(wholeReads.Bits(), reads.Bits());
            Assert.Equal(whole.TargetBits(), cutStates.TargetBits());
        }
    }

    [Fact]
    public void A_full_strength_write_of_a_unit_key_is_read_back()
    {
        using var state = new Matrix(4, 16, padding: 0);
        using var tokens = new Tokens(4, 16, 2, 1);
        using var reads = new Matrix(2, 16);
        for (var token = 0; token < 2; token++)
            tokens.Set(token, [0, 1, 0, 0], [.. Enumerable.Range(1, 16).Select(i => (float)i)], 0.5f, 1f);
        // The second writes over the first after a decay: recall, correct, write make it whole.
        GatedDelta.Run(tokens.Walk(state.Rows, state.Rows, 0, 2, reads.Rows));
        for (var token = 0; token < 2; token++)
            Assert.Equal(Enumerable.Range(1, 16).Select(i => (float)i), reads.Rows[token].ToArray());
    }

    [Fact]
    public void A_walk_whose_parts_do_not_fit_is_refused()
    {
        using var state = new Matrix(4, 16, padding: 0);
        using var tokens = new Tokens(4, 16, 2, 1);
        using var reads = new Matrix(2, 16);
        using var narrow = new Matrix(4, 8, padding: 0);
        Assert.Throws<ArgumentException>(() => GatedDelta.Run(tokens.Walk(narrow.Rows, narrow.Rows, 0, 2, reads.Rows)));
        Assert.Throws<ArgumentException>(() => GatedDelta.Run(tokens.Walk(state.Rows, state.Rows, 0, 2, reads.Rows) with { Output = reads.Rows.Rows(0, 1) }));
    }

    [Theory]
    [InlineData(40, 4, 6)]
    [InlineData(16, 4, 1)]
    [InlineData(37, 2, 5)]
    [InlineData(9, 1, 3)]
    public void A_convolution_has_the_bits_of_its_plain_form(int channels, int taps, int tokens)
    {
        using var weights = Matrix.Random(taps, channels, 1);
        using var history = Matrix.Random(taps - 1, channels, 2);
        using var inputs = Matrix.Random(tokens, channels, 3);
        float[] fast = new float[channels], plain = new float[channels];
        for (var token = 0; token < tokens; token++)
        {
            CausalConv.Token(weights.Rows, history.Rows, inputs.Rows, token, fast);
            CausalConv.TokenReference(weights.Rows, history.Rows, inputs.Rows, token, plain);
            Assert.Equal(Matrix.BitsOf(plain), Matrix.BitsOf(fast));
        }
    }

    /// <summary>Random tokens: a query, a key, a value, a decay and a strength each.</summary>
    private sealed class Tokens : IDisposable
    {
        private readonly Matrix _rows;
        private readonly int _keyDim;
        private readonly int _valueDim;

        public Tokens(int keyDim, int valueDim, int count, int seed)
        {
            (_keyDim, _valueDim) = (keyDim, valueDim);
            _rows = Matrix.Random(count, 2 * keyDim + valueDim + 2, seed);
            for (var token = 0; token < count; token++)
            {
                _rows.Rows[token][^2] = 0.9f + 0.01f * (token % 7);
                _rows.Rows[token][^1] = 0.3f + 0.05f * (token % 5);
            }
        }

        public void Set(int token, float[] key, float[] value, float decay, float beta)
        {
            var row = _rows.Rows[token];
            key.CopyTo(row);
            key.CopyTo(row[_keyDim..]);
            value.CopyTo(row[(2 * _keyDim)..]);
            row[^2] = decay;
            row[^1] = beta;
        }

        public DeltaWalk Walk(FloatRows source, FloatRows target, int first, int count, FloatRows output)
        {
            var rows = _rows.Rows.Rows(first, count);
            return new DeltaWalk
            {
                Source = source,
                Target = target,
                Queries = rows.Columns(0, _keyDim),
                Keys = rows.Columns(_keyDim, _keyDim),
                Values = rows.Columns(2 * _keyDim, _valueDim),
                Decay = rows.Columns(2 * _keyDim + _valueDim, 1),
                Beta = rows.Columns(2 * _keyDim + _valueDim + 1, 1),
                Output = output.Rows(first, count),
            };
        }

        public void Dispose() => _rows.Dispose();
    }

    /// <summary>A state, the padding of its rows zero, and where the next one goes.</summary>
    private sealed class States : IDisposable
    {
        private readonly Matrix _source;
        private readonly Matrix _target;

        public States(int keyDim, int valueDim, bool fromZero, bool inPlace, int seed)
        {
            var padded = (valueDim + 15) / 16 * 16;
            _source = Matrix.Random(keyDim, padded, seed, padding: 0);
            _target = inPlace ? _source : Matrix.Random(keyDim, padded, seed + 1, padding: 0);
            for (var k = 0; k < keyDim; k++)
                _source.Rows[k][valueDim..].Clear();
            Source = fromZero ? default : _source.Rows;
        }

        public FloatRows Source { get; }

        public FloatRows Target => _target.Rows;

        public int[] TargetBits() => _target.Bits();

        public void Dispose()
        {
            _source.Dispose();
            _target.Dispose();
        }
    }
}
