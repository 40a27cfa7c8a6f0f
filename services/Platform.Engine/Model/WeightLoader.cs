using System.Buffers;
using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>Packs a checkpoint's tensors into the kernels' form, several rows at a time on the whole team, and reports how far it is.</summary>
internal sealed class WeightLoader(
    Checkpoint checkpoint, ModelContext context, IProgress<LoadProgress>? progress, CancellationToken cancellationToken, PackedFile? packed = null)
{
    private readonly long _totalBytes = checkpoint.Tensors.Sum(BytesOf);
    private readonly List<(string Name, PackedMatrix Matrix)> _matrices = [];
    private long _loadedBytes;

    /// <summary>Every matrix handed out so far, under the name it has in a file of packed weights.</summary>
    public IReadOnlyList<(string Name, PackedMatrix Matrix)> Matrices => _matrices;

    /// <summary>Whether one of them was packed, not found in the file.</summary>
    public bool PackedAny { get; private set; }

    public Checkpoint Checkpoint { get; } = checkpoint;

    /// <summary>Packs matrices that read the same input below each other, as one.</summary>
    public PackedMatrix Pack(params ReadOnlySpan<CheckpointTensor> parts)
    {
        var inputs = (int)parts[0].Shape[^1];
        var outputs = 0;
        foreach (var part in parts)
            outputs += (int)part.Shape[0];
        var storage = WeightForms.Of(parts, context.Format, context.Packing);
        var name = parts.Length == 1 ? parts[0].Name : $"{parts[0].Name} and {parts.Length - 1} more";
        var matrix = packed?.Find(name, outputs, inputs, storage) ?? PackParts(parts, outputs, inputs, storage);
        _matrices.Add((name, matrix));
        return matrix;
    }

    private PackedMatrix PackParts(ReadOnlySpan<CheckpointTensor> parts, int outputs, int inputs, PanelStorage storage)
    {
        PackedAny = true;
        var matrix = new PackedMatrix(outputs, inputs, storage);
        var first = 0;
        foreach (var part in parts)
        {
            PackPart(matrix, part, first, (int)part.Shape[0], inputs);
            first += (int)part.Shape[0];
        }

        return matrix;
    }

    /// <summary>Packs a tensor whose trailing axes are one flattened input.</summary>
    public PackedMatrix PackFlattened(CheckpointTensor tensor)
    {
        var outputs = (int)tensor.Shape[0];
        var inputs = (int)(tensor.ElementCount / outputs);
        var matrix = new PackedMatrix(outputs, inputs, WeightForms.Of(tensor, context.Format, context.Packing));
        PackPart(matrix, tensor, 0, outputs, inputs);
        return matrix;
    }

    public PackedMatrix Pack(string name) => Pack(Checkpoint.Get(name));

    /// <summary>A small tensor as float32.</summary>
    public float[] Vector(string name)
    {
        var tensor = Checkpoint.Get(name);
        Report(BytesOf(tensor));
        return tensor.ToFloats();
    }

    /// <summary>A zero-centred norm's scale: 1 + w.</summary>
    public float[] NormScale(string name)
    {
        var weight = Vector(name);
        for (var i = 0; i < weight.Length; i++)
            weight[i] = 1f + weight[i];
        return weight;
    }

    private void PackPart(PackedMatrix matrix, CheckpointTensor part, int firstOutput, int rows, int inputs)
    {
        // A panel is written by one thread, so tasks end where panels end.
        var panels = (firstOutput + rows - 1) / PackedMatrix.PanelRows - firstOutput / PackedMatrix.PanelRows + 1;
        context.Team.Run(panels, new PackJob { Matrix = matrix, Part = part, FirstOutput = firstOutput, Rows = rows, Inputs = inputs });
        Report(BytesOf(part));
    }

    private void Report(long bytes)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _loadedBytes += bytes;
        // With a file of packed weights, what is still read is small, and the file's own progress was told already.
        if (packed is null)
            progress?.Report(new LoadProgress(Math.Min(_loadedBytes, _totalBytes), _totalBytes));
    }

    private static long BytesOf(CheckpointTensor tensor) => tensor.ElementCount * tensor.Type.ElementBytes();

    private struct PackJob : ITeamJob
    {
        public PackedMatrix Matrix;
        public CheckpointTensor Part;
        public int FirstOutput;
        public int Rows;
        public int Inputs;

        public readonly void Run(int task, int worker)
        {
            var panelStart = (FirstOutput / PackedMatrix.PanelRows + task) * PackedMatrix.PanelRows;
            var first = Math.Max(panelStart, FirstOutput);
            var end = Math.Min(panelStart + PackedMatrix.PanelRows, FirstOutput + Rows);
            if (Part.Type == TensorType.BF16)
                PackRaw(first, end);
            else
                PackFloats(first, end);
        }

        private readonly void PackRaw(int first, int end)
        {
            var row = ArrayPool<ushort>.Shared.Rent(Inputs);
            for (var output = first; output < end; output++)
            {
                Part.ReadRaw((long)(output - FirstOutput) * Inputs, row.AsSpan(0, Inputs));
                Matrix.PackRow(output, (ReadOnlySpan<ushort>)row.AsSpan(0, Inputs));
            }

            ArrayPool<ushort>.Shared.Return(row);
        }

        private readonly void PackFloats(int first, int end)
        {
            var row = ArrayPool<float>.Shared.Rent(Inputs);
            for (var output = first; output < end; output++)
            {
                Part.ReadFloats((long)(output - FirstOutput) * Inputs, row.AsSpan(0, Inputs));
                Matrix.PackRow(output, (ReadOnlySpan<float>)row.AsSpan(0, Inputs));
            }

            ArrayPool<float>.Shared.Return(row);
        }
    }
}
