using CsCheck;

namespace Platform.Kernels.Tests;

public sealed class GemmTests
{
    private static readonly Gen<(int Rows, int Outputs, int Inputs, PanelStorage Storage, GemmMode Mode, int Threads)> Shapes =
        Gen.Select(
            Gen.Int[1, 20], Gen.Int[1, 150], Gen.Int[1, 70],
            Any.Of(PanelStorage.F32, PanelStorage.BF16), Any.Of(GemmMode.Store, GemmMode.AddTo), Gen.Int[1, 3]);

    [Fact]
    public void A_product_has_the_bits_of_the_scalar_chain_whatever_the_shape_storage_and_threads() =>
        Shapes.Sample(
            shape =>
            {
                using var weights = Packed(shape.Outputs, shape.Inputs, shape.Storage, seed: 1);
                using var x = Matrix.Random(shape.Rows, shape.Inputs, seed: 2);
                using var fast = Matrix.Random(shape.Rows, shape.Outputs, seed: 3);
                using var plain = Matrix.Random(shape.Rows, shape.Outputs, seed: 3);
                using var team = new WorkerTeam(shape.Threads);
                Gemm.Run(team, BatchOf(weights, x, fast, shape.Mode));
                GemmReference.Run(BatchOf(weights, x, plain, shape.Mode));
                Assert.Equal(plain.Bits(), fast.Bits());
            },
            iter: 150, threads: 1);

    [Theory]
    [InlineData(PanelStorage.F32)]
    [InlineData(PanelStorage.BF16)]
    public void A_row_has_the_same_bits_alone_and_among_any_number_of_others(PanelStorage storage)
    {
        const int Outputs = 200;
        const int Inputs = 131;
        using var weights = Packed(Outputs, Inputs, storage, seed: 4);
        using var x = Matrix.Random(33, Inputs, seed: 5);
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
    public void Packed_rows_read_back_as_they_were_written(PanelStorage storage)
    {
        using var matrix = new PackedMatrix(35, 7, storage);
        for (var row = 0; row < 35; row++)
            matrix.PackRow(row, (ReadOnlySpan<float>)Matrix.RandomVector(7, row));
        var read = new float[7];
        for (var row = 0; row < 35; row++)
        {
            var expected = Matrix.RandomVector(7, row);
            if (storage == PanelStorage.BF16)
                Bf16.Round(expected);
            matrix.ReadRow(row, read);
            Assert.Equal(expected, read);
        }
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
