using CsCheck;

namespace Platform.Kernels.Tests;

public sealed class AttentionTests
{
    private static readonly Gen<(int KvHeads, int HeadsPerKv, int HeadDim, KvStorage Storage, int First, int Rows, int Threads)> Shapes =
        Gen.Select(
            Gen.Int[1, 3], Gen.Int[1, 16], Any.Of(7, 8, 16, 32, 48, 64, 80), Any.Of(KvStorage.F32, KvStorage.BF16, KvStorage.Int8),
            Gen.Frequency((3, Gen.Int[0, 140]), (1, Gen.Int[500, 530]), (1, Gen.Int[1000, 1100])), Gen.Int[1, 40], Gen.Int[1, 3]);

    [Fact]
    public void Attention_has_the_bits_of_its_plain_form_whatever_the_shape_position_and_threads() =>
        Shapes.Sample(
            shape =>
            {
                using var scene = new Scene(shape.KvHeads, shape.HeadsPerKv, shape.HeadDim, shape.Storage, shape.First + shape.Rows);
                using var team = new WorkerTeam(shape.Threads);
                using var fast = scene.Attend(team, shape.First, shape.Rows);
                using var unemitted = scene.Attend(team, shape.First, shape.Rows, emitted: false);
                using var plain = scene.AttendPlainly(shape.First, shape.Rows);
                Assert.Equal(plain.Bits(), fast.Bits());
                Assert.Equal(plain.Bits(), unemitted.Bits());
            },
            iter: 60, threads: 1);

    [Theory]
    [InlineData(KvStorage.F32)]
    [InlineData(KvStorage.BF16)]
    [InlineData(KvStorage.Int8)]
    public void A_long_sequence_has_the_same_bits_cut_by_spans_and_whole(KvStorage storage)
    {
        const int Positions = 2700;
        using var scene = new Scene(2, 4, 32, storage, Positions);
        // One thread wants few tasks and walks the spans; many threads cut them apart, in several rounds.
        using var one = new WorkerTeam(1);
        using var many = new WorkerTeam(3);
        using var alone = scene.Attend(one, Positions - 30, 30);
        for (var row = 0; row < 30; row += 7)
        {
            using var single = scene.Attend(many, Positions - 30 + row, 1);
            Assert.Equal(Matrix.BitsOf(alone.Rows[row]), Matrix.BitsOf(single.Rows[0]));
        }
    }

    [Theory]
    [InlineData(KvStorage.F32)]
    [InlineData(KvStorage.BF16)]
    [InlineData(KvStorage.Int8)]
    public void What_lies_past_a_rows_own_position_never_matters(KvStorage storage)
    {
        using var scene = new Scene(2, 3, 32, storage, 70);
        using var team = new WorkerTeam(2);
        using var before = scene.Attend(team, 0, 40);
        float[] poison = [.. Enumerable.Repeat(float.NaN, 32)];
        for (var position = 40; position < 128; position++)
            scene.Write(position, poison, poison);
        using var after = scene.Attend(team, 0, 40);
        Assert.Equal(before.Bits(), after.Bits());
    }

    [Theory]
    [InlineData(KvStorage.F32)]
    [InlineData(KvStorage.BF16)]
    [InlineData(KvStorage.Int8)]
    public void A_value_that_is_not_finite_shows_in_the_rows_that_see_it(KvStorage storage)
    {
        using var scene = new Scene(1, 2, 16, storage, 70);
        using var team = new WorkerTeam(1);
        float[] usual = [.. Enumerable.Range(0, 16).Select(i => (float)i)], broken = [.. usual.Select(value => value == 9 ? float.NaN : value)];
        scene.Write(50, usual, broken);
        using var values = scene.Attend(team, 45, 10);
        scene.Write(50, broken, usual);
        using var keys = scene.Attend(team, 45, 10);
        for (var row = 0; row < 10; row++)
        {
            Assert.Equal(45 + row >= 50, float.IsNaN(values.Rows[row][9]));
            Assert.Equal(45 + row >= 50, float.IsNaN(keys.Rows[row][3]));
        }
    }

    [Theory]
    [InlineData(KvStorage.F32)]
    [InlineData(KvStorage.BF16)]
    [InlineData(KvStorage.Int8)]
    public void Attention_is_the_softmax_weighted_mean_of_the_values(KvStorage storage)
    {
        using var scene = new Scene(1, 2, 16, storage, 600);
        using var team = new WorkerTeam(2);
        using var found = scene.Attend(team, 599, 1);
        for (var head = 0; head < 2; head++)
        {
            var expected = scene.InDouble(599, head);
            for (var d = 0; d < 16; d++)
                Assert.Equal(expected[d], found.Rows[0][head * 16 + d], tolerance: 2e-5);
        }
    }

    // Relative to the largest output: BF16 keeps 8 bits of each element, INT8 7 bits of the largest of a position.
    [Theory]
    [InlineData(KvStorage.BF16, 0.006)]
    [InlineData(KvStorage.Int8, 0.012)]
    public void A_narrow_cache_errs_by_its_rounding_and_no_more(KvStorage storage, double bound)
    {
        using var exact = new Scene(2, 4, 64, KvStorage.F32, 700);
        using var narrow = new Scene(2, 4, 64, storage, 700);
        using var team = new WorkerTeam(2);
        using var expected = exact.Attend(team, 690, 10);
        using var found = narrow.Attend(team, 690, 10);
        double largest = 0, worst = 0;
        for (var row = 0; row < 10; row++)
        {
            for (var i = 0; i < expected.Rows.Width; i++)
            {
                largest = Math.Max(largest, Math.Abs(expected.Rows[row][i]));
                worst = Math.Max(worst, Math.Abs(expected.Rows[row][i] - found.Rows[row][i]));
            }
        }

        Assert.InRange(worst / largest, 1e-5, bound);
    }

    [Fact]
    public void Too_few_pages_are_refused()
    {
        var plan = new AttentionPlan(2);
        Assert.Throws<ArgumentException>(() => plan.Add([0, 1], 127, 2, 0));
    }

    [Theory]
    [InlineData(3, 24, 50)]
    [InlineData(2, 18, 64)]
    [InlineData(1, 16, 7)]
    [InlineData(4, 72, 30)]
    public void Segment_attention_is_the_softmax_weighted_mean_in_both_directions(int heads, int headDim, int rows)
    {
        using var projected = Matrix.Random(rows, 3 * heads * headDim, 1);
        using var one = new WorkerTeam(1);
        using var three = new WorkerTeam(3);
        using var first = Run(one);
        using var second = Run(three);
        Assert.Equal(first.Bits(), second.Bits());
        for (var row = 0; row < rows; row += 5)
        {
            for (var head = 0; head < heads; head++)
                CheckRow(row, head);
        }

        Matrix Run(WorkerTeam team)
        {
            var output = new Matrix(rows, heads * headDim);
            using var attention = new SegmentAttention(team, heads, headDim, rows);
            attention.Run(projected.Rows, 0.3f, output.Rows);
            return output;
        }

        void CheckRow(int row, int head)
        {
            var q = projected.Rows[row].Slice(head * headDim, headDim).ToArray();
            var weights = Enumerable.Range(0, rows).Select(other => Math.Exp(0.3 * Dot(
                q, projected.Rows[other].Slice((heads + head) * headDim, headDim)))).ToArray();
            for (var d = 0; d < headDim; d++)
            {
                var expected = Enumerable.Range(0, rows).Sum(other => weights[other] * projected.Rows[other][(2 * heads + head) * headDim + d]) / weights.Sum();
                Assert.Equal(expected, first.Rows[row][head * headDim + d], tolerance: 1e-5);
            }
        }
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }

    /// <summary>A sequence of random keys, values and queries in shuffled pages of a two-layer cache.</summary>
    private sealed class Scene : IDisposable
    {
        private readonly KvLayout _layout;
        private readonly NativeBuffer _memory;
        private readonly List<int> _pages;
        private readonly int _headsPerKv;
        private readonly float _scale;

        public Scene(int kvHeads, int headsPerKv, int headDim, KvStorage storage, int positions)
        {
            _layout = new KvLayout(2, kvHeads, headDim, storage);
            _headsPerKv = headsPerKv;
            _scale = 1f / MathF.Sqrt(headDim);
            var pages = (positions + 63) / 64 + 1;
            _pages = [.. Enumerable.Range(0, pages).OrderBy(page => page * 7919 % 31)];
            _memory = new NativeBuffer(_layout.PageBytes * pages);
            for (var position = 0; position < positions; position++)
                Write(position, Matrix.RandomVector(headDim, position * 2), Matrix.RandomVector(headDim, position * 2 + 1));
        }

        public void Write(int position, float[] key, float[] value)
        {
            for (var head = 0; head < _layout.KvHeads; head++)
                KvPages.Write(_memory, _layout, _pages[position / 64], 1, head, position % 64, key, value);
        }

        public Matrix Attend(WorkerTeam team, int first, int rows, bool emitted = true)
        {
            using var queries = Queries(first, rows);
            var output = new Matrix(rows, queries.Rows.Width);
            using var attention = new PagedAttention(team, _layout, _layout.KvHeads * _headsPerKv, emitted);
            var plan = attention.CreatePlan();
            plan.Add(_pages, first, rows, 0);
            attention.Run(plan, _memory, 1, queries.Rows, _scale, output.Rows);
            return output;
        }

        public Matrix AttendPlainly(int first, int rows)
        {
            using var queries = Queries(first, rows);
            var output = new Matrix(rows, queries.Rows.Width);
            var dim = _layout.HeadDim;
            for (var row = 0; row < rows; row++)
            {
                for (var head = 0; head < _layout.KvHeads * _headsPerKv; head++)
                {
                    AttentionReference.Row(
                        _memory, _layout, _pages, 1, head / _headsPerKv, first + row,
                        queries.Rows[row].Slice(head * dim, dim), _scale, output.Rows[row].Slice(head * dim, dim));
                }
            }

            return output;
        }

        public double[] InDouble(int position, int head)
        {
            using var queries = Queries(position, 1);
            var dim = _layout.HeadDim;
            var q = queries.Rows[0].Slice(head * dim, dim).ToArray();
            float[] key = new float[dim], value = new float[dim];
            var sums = new double[dim];
            var total = 0.0;
            for (var p = 0; p <= position; p++)
            {
                KvPages.Read(_memory, _layout, _pages[p / 64], 1, head / _headsPerKv, p % 64, key, value);
                var weight = Math.Exp(Dot(q, key) * _scale);
                total += weight;
                for (var d = 0; d < dim; d++)
                    sums[d] += weight * value[d];
            }

            return [.. sums.Select(sum => sum / total)];
        }

        public void Dispose() => _memory.Dispose();

        // A query depends on its position alone, so that cuts of one prompt ask the same.
        private Matrix Queries(int first, int rows)
        {
            var queries = new Matrix(rows, _layout.KvHeads * _headsPerKv * _layout.HeadDim);
            for (var row = 0; row < rows; row++)
                Matrix.RandomVector(queries.Rows.Width, 100_000 + first + row).CopyTo(queries.Rows[row]);
            return queries;
        }
    }
}
