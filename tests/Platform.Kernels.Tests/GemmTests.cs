using CsCheck;
using Platform.Kernels.Emitted;

namespace Platform.Kernels.Tests;

public sealed class GemmTests
{
    private static readonly Gen<(int Rows, int Outputs, int Inputs, PanelStorage Storage, GemmMode Mode, int Threads)> Shapes =
        Gen.Select(
            Gen.Int[1, 30], Gen.Int[1, 150], Gen.Int[1, 200], Any.Of(Enum.GetValues<PanelStorage>()),
            Any.Of(GemmMode.Store, GemmMode.AddTo), Gen.Int[1, 3]);

    [Fact]
    public void A_product_has_the_bits_of_the_scalar_chain_whatever_the_shape_storage_and_threads() =>
        Shapes.Sample(
            shape =>
            {
                using var weights = Packed(shape.Outputs, shape.Inputs, shape.Storage, seed: 1);
                using var x = Inputs(shape.Rows, shape.Inputs, shape.Storage, seed: 2);
                using var fast = Matrix.Random(shape.Rows, shape.Outputs, seed: 3);
                using var emitted = Matrix.Random(shape.Rows, shape.Outputs, seed: 3);
                using var plain = Matrix.Random(shape.Rows, shape.Outputs, seed: 3);
                using var team = new WorkerTeam(shape.Threads);
                Gemm.Run(team, BatchOf(weights, x, fast, shape.Mode), emitted: false);
                Gemm.Run(team, BatchOf(weights, x, emitted, shape.Mode), emitted: true);
                GemmReference.Run(BatchOf(weights, x, plain, shape.Mode));
                Assert.Equal(plain.Bits(), fast.Bits());
                Assert.Equal(plain.Bits(), emitted.Bits());
            },
            iter: 300, threads: 1);

    [Theory]
    [InlineData(PanelStorage.INT8)]
    [InlineData(PanelStorage.INT4)]
    [InlineData(PanelStorage.BF16Dot)]
    public void A_host_that_has_no_pages_for_code_gets_the_same_bits_from_plain_tiles(PanelStorage storage)
    {
        using var weights = Packed(70, 130, storage, seed: 1);
        using var x = Inputs(17, 130, storage, seed: 2);
        using var refused = new Matrix(17, 70);
        using var plain = new Matrix(17, 70);
        using var team = new WorkerTeam(2);
        Gemm.Run(team, BatchOf(weights, x, refused, GemmMode.Store), new EmittedTiles(EmittedSupport.Here, (_, _) => false));
        GemmReference.Run(BatchOf(weights, x, plain, GemmMode.Store));
        Assert.Equal(plain.Bits(), refused.Bits());
    }

    [Theory]
    [InlineData(PanelStorage.INT8)]
    [InlineData(PanelStorage.INT4)]
    public void A_weight_that_is_no_number_stays_none(PanelStorage storage)
    {
        using var weights = new PackedMatrix(16, 64, storage);
        var row = Enumerable.Range(0, 64).Select(k => (float)k).ToArray();
        row[7] = float.NaN;
        weights.PackRow(3, (ReadOnlySpan<float>)row);
        weights.ReadRow(3, row);
        Assert.True(float.IsNaN(row[7]));
    }

    [Fact]
    public void Pairs_of_small_integers_are_multiplied_as_the_plain_form_does()
    {
        var random = new Random(3);
        for (var round = 0; round < 100; round++)
        {
            var nibbles = System.Runtime.Intrinsics.Vector512.Create<byte>(Enumerable.Range(0, 64).Select(_ => (byte)random.Next(16)).ToArray());
            var bytes = System.Runtime.Intrinsics.Vector512.Create<sbyte>(Enumerable.Range(0, 64).Select(_ => (sbyte)random.Next(-128, 128)).ToArray());
            Assert.Equal(ByteDots.PlainPairs(nibbles, bytes), ByteDots.Pairs(nibbles, bytes));
            var a = System.Runtime.Intrinsics.Vector512.Create<short>(Enumerable.Range(0, 32).Select(_ => (short)random.Next(-32767, 32768)).ToArray());
            var b = System.Runtime.Intrinsics.Vector512.Create<short>(Enumerable.Range(0, 32).Select(_ => (short)random.Next(-32767, 32768)).ToArray());
            Assert.Equal(ByteDots.PlainPairs(a, b), ByteDots.Pairs(a, b));
        }
    }

    [Fact]
    public void The_largest_integers_do_not_overflow_any_tile()
    {
        foreach (var storage in new[] { PanelStorage.INT8, PanelStorage.INT4 })
        {
            foreach (var sign in new[] { 1f, -1f })
            {
                using var weights = new PackedMatrix(16, 128, storage);
                // One −8 a half sets INT4's scale, so that the others are stored as its largest code.
                var row = Enumerable.Range(0, 128).Select(k => sign * (storage == PanelStorage.INT8 ? 127f : k % 32 == 0 ? -8f : 7f)).ToArray();
                for (var output = 0; output < 16; output++)
                    weights.PackRow(output, (ReadOnlySpan<float>)row);
                using var x = new Matrix(5, 128);
                for (var m = 0; m < 5; m++)
                    x.Rows[m].Fill(m % 2 == 0 ? 127f : -127f);
                foreach (var emitted in new[] { false, true })
                {
                    using var y = new Matrix(5, 16);
                    using var team = new WorkerTeam(1);
                    Gemm.Run(team, BatchOf(weights, x, y, GemmMode.Store), emitted);
                    for (var m = 0; m < 5; m++)
                        Assert.All(y.Rows[m].ToArray(), value => Assert.Equal(x.Rows[m][0] * row.Sum(), value));
                }
            }
        }
    }

    [Theory]
    [InlineData(PanelStorage.INT8)]
    [InlineData(PanelStorage.INT4)]
    public void A_value_that_is_not_a_number_spoils_its_own_row_and_no_other(PanelStorage storage)
    {
        using var weights = Packed(40, 100, storage, seed: 1);
        using var x = Matrix.Random(6, 100, seed: 2);
        x.Rows[2][77] = float.NaN;
        x.Rows[4][3] = float.PositiveInfinity;
        using var team = new WorkerTeam(1);
        foreach (var emitted in new[] { false, true })
        {
            using var y = new Matrix(6, 40);
            Gemm.Run(team, BatchOf(weights, x, y, GemmMode.Store), emitted);
            for (var row = 0; row < 6; row++)
                Assert.All(y.Rows[row].ToArray(), value => Assert.Equal(row is 2 or 4, float.IsNaN(value)));
        }
    }

    [Fact]
    public void Inputs_are_quantised_as_their_plain_form_says() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[0, 1000], Any.Of(1f, 1e-20f, 1e-32f, 1e-42f, 1e30f)).Sample(
            shape =>
            {
                var (width, seed, size) = shape;
                var x = Matrix.RandomVector(width, seed);
                for (var i = 0; i < width; i++)
                    x[i] *= i / 32 % 3 == 0 ? size : 1f;
                var plain = InputCodesReference.Of(x);
                var (integers, scales) = InputCodes.Read(x);
                Assert.Equal(plain.Integers, integers);
                Assert.Equal(Matrix.BitsOf(plain.Scales), Matrix.BitsOf(scales));
            },
            iter: 300, threads: 1);

    [Theory]
    [InlineData(PanelStorage.INT8, 0.5f / 127)]
    [InlineData(PanelStorage.INT4, 1f / 8)]
    public void Quantised_weights_lie_within_a_step_of_what_they_were(PanelStorage storage, float ofLargest)
    {
        using var matrix = new PackedMatrix(20, 75, storage);
        var read = new float[75];
        for (var row = 0; row < 20; row++)
        {
            var weights = Matrix.RandomVector(75, row);
            matrix.PackRow(row, (ReadOnlySpan<float>)weights);
            matrix.ReadRow(row, read);
            for (var k = 0; k < 75; k++)
            {
                var largest = weights[(k / 32 * 32)..Math.Min(75, k / 32 * 32 + 32)].Max(MathF.Abs);
                // A bfloat16 scale is up to 2⁻⁹ from the true one, which 127 steps make a quarter of a step, 8 a sixty-fourth.
                Assert.InRange(MathF.Abs(read[k] - weights[k]), 0f, largest * ofLargest * 1.6f);
            }
        }
    }

    [Fact]
    public void Values_for_bfloat16_dots_are_rounded_and_flushed_alike_alone_and_in_rows()
    {
        var values = Matrix.RandomVector(77, 1);
        for (var i = 0; i < values.Length; i += 5)
            values[i] = MathF.ScaleB(values[i], -50 - i / 5);
        var expected = values.Select(Bf16.RoundForDots).ToArray();
        Bf16.RoundForDots(values);
        Assert.Equal(Matrix.BitsOf(expected), Matrix.BitsOf(values));
        Assert.Contains(0f, values);
        Assert.All(values, value => Assert.True(value == 0f || MathF.Abs(value) >= MathF.ScaleB(1, -56)));
    }

    [Theory]
    [InlineData(PanelStorage.F32)]
    [InlineData(PanelStorage.BF16)]
    [InlineData(PanelStorage.BF16Dot)]
    [InlineData(PanelStorage.INT8)]
    [InlineData(PanelStorage.INT4)]
    public void A_row_has_the_same_bits_alone_and_among_any_number_of_others(PanelStorage storage)
    {
        const int Outputs = 200;
        const int Inputs = 131;
        using var weights = Packed(Outputs, Inputs, storage, seed: 4);
        using var x = GemmTests.Inputs(33, Inputs, storage, seed: 5);
        using var team = new WorkerTeam(2);
        using var together = new Matrix(33, Outputs);
        Gemm.Run(team, BatchOf(weights, x, together, GemmMode.Store));
        for (var count = 1; count <= 14; count++)
        {
            using var some = new Matrix(count, Outputs);
            var batch = new GemmBatch();
            batch.Add(weights, x.Rows.Rows(7, count), some.Rows);
            Gemm.Run(team, batch);
            for (var row = 0; row < count; row++)
                Assert.Equal(Matrix.BitsOf(together.Rows[7 + row]), Matrix.BitsOf(some.Rows[row]));
        }
    }

    [Fact]
    public void Products_of_one_batch_do_not_disturb_each_other()
    {
        using var team = new WorkerTeam(3);
        var batch = new GemmBatch();
        var alone = new GemmBatch();
        var cases = Enumerable.Range(0, 9).Select(i => (
            Weights: Packed(20 + 31 * i, 17, PanelStorage.F32, i), X: Matrix.Random(1 + i, 17, i), Y: new Matrix(1 + i, 20 + 31 * i))).ToList();
        foreach (var (weights, x, y) in cases)
            batch.Add(weights, x.Rows, y.Rows);
        Gemm.Run(team, batch);
        foreach (var (weights, x, y) in cases)
        {
            using var expected = new Matrix(y.Rows.Count, y.Rows.Width);
            alone.Clear();
            alone.Add(weights, x.Rows, expected.Rows);
            GemmReference.Run(alone);
            Assert.Equal(expected.Bits(), y.Bits());
            weights.Dispose();
            x.Dispose();
            y.Dispose();
        }
    }

    [Fact]
    public void Padding_between_result_rows_is_left_alone()
    {
        using var memory = new NativeBuffer(5 * 40 * sizeof(float));
        var all = memory.Rows(0, 5, 40, 40);
        for (var row = 0; row < 5; row++)
            all[row].Fill(7);
        using var weights = Packed(37, 9, PanelStorage.F32, seed: 1);
        using var x = Matrix.Random(5, 9, seed: 2);
        using var team = new WorkerTeam(1);
        var batch = new GemmBatch();
        batch.Add(weights, x.Rows, all.Columns(0, 37));
        Gemm.Run(team, batch);
        for (var row = 0; row < 5; row++)
            Assert.Equal([7f, 7f, 7f], all[row][37..].ToArray());
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var weights = Packed(8, 9, PanelStorage.F32, seed: 1);
        using var x = Matrix.Random(2, 10, seed: 2);
        using var y = new Matrix(2, 8);
        Assert.Throws<ArgumentException>(() => new GemmBatch().Add(weights, x.Rows, y.Rows));
    }

    [Theory]
    [InlineData(PanelStorage.F32)]
    [InlineData(PanelStorage.BF16)]
    [InlineData(PanelStorage.BF16Dot)]
    public void Packed_rows_read_back_as_they_were_written(PanelStorage storage)
    {
        using var matrix = new PackedMatrix(35, 7, storage);
        for (var row = 0; row < 35; row++)
            matrix.PackRow(row, (ReadOnlySpan<float>)Matrix.RandomVector(7, row));
        var read = new float[7];
        for (var row = 0; row < 35; row++)
        {
            var expected = Matrix.RandomVector(7, row);
            if (storage != PanelStorage.F32)
                Bf16.Round(expected);
            matrix.ReadRow(row, read);
            Assert.Equal(expected, read);
        }
    }

    private static Matrix Inputs(int rows, int width, PanelStorage storage, int seed)
    {
        var x = Matrix.Random(rows, width, seed);
        for (var row = 0; storage == PanelStorage.BF16Dot && row < rows; row++)
            Bf16.RoundForDots(x.Rows[row]);
        return x;
    }

    private static PackedMatrix Packed(int outputs, int inputs, PanelStorage storage, int seed)
    {
        var matrix = new PackedMatrix(outputs, inputs, storage);
        for (var row = 0; row < outputs; row++)
            matrix.PackRow(row, (ReadOnlySpan<float>)Matrix.RandomVector(inputs, seed * 1000 + row));
        return matrix;
    }

    private static GemmBatch BatchOf(PackedMatrix weights, Matrix x, Matrix y, GemmMode mode)
    {
        var batch = new GemmBatch();
        batch.Add(weights, x.Rows, y.Rows, mode);
        return batch;
    }
}
