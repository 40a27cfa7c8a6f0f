using Platform.Model;

namespace Platform.Engine.Tests.Model;

/// <summary>
/// The dense text model once more, in double precision, from its published formulas and nothing of the engine: one sequence, token after token,
/// no cache layout, no kernels. Slow, and an oracle for whole models.
/// </summary>
/// <remarks>Only what the formulas fix in float32 is float32: the rotary angle, a product of position and frequency.</remarks>
internal sealed class DoubleModel(Checkpoint checkpoint)
{
    private readonly TextConfig _config = checkpoint.Config.Text;
    private readonly Dictionary<string, float[]> _tensors = [];

    /// <summary>The logits of every token, rotary positions given.</summary>
    public double[][] Logits(int[] tokens, int[] positions)
    {
        var x = tokens.Select(token => Row("model.embed_tokens.weight", token, _config.HiddenSize)).ToArray();
        for (var layer = 0; layer < _config.NumHiddenLayers; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            var normed = x.Select(row => Norm(row, Tensor(prefix + "input_layernorm.weight"))).ToArray();
            var mixed = _config.LayerTypes[layer] == LayerKind.FullAttention
                ? Attention(normed, positions, prefix + "self_attn.")
                : LinearAttention(normed, prefix + "linear_attn.");
            x = [.. x.Zip(mixed, Sum)];
            var again = x.Select(row => Norm(row, Tensor(prefix + "post_attention_layernorm.weight"))).ToArray();
            x = [.. x.Zip(again.Select(row => Mlp(row, prefix + "mlp.")), Sum)];
        }

        var head = checkpoint.Config.TieWordEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight";
        return [.. x.Select(row => Times(head, Norm(row, Tensor("model.norm.weight"))))];
    }

    /// <summary>Radians per position of each rotary frequency, as YaRN stretches them.</summary>
    public float[] Frequencies()
    {
        var rope = _config.Rope;
        double width = _config.RotaryDim;
        double DimensionOf(double turns) => width * Math.Log(rope.OriginalMaxPositionEmbeddings!.Value / (2 * Math.PI * turns)) / (2 * Math.Log(rope.Theta));
        var low = Math.Max(0, Math.Floor(DimensionOf(32)));
        var high = Math.Min(width - 1, Math.Ceiling(DimensionOf(1)));
        var frequencies = new float[_config.RotaryDim / 2];
        for (var i = 0; i < frequencies.Length; i++)
        {
            var plain = Math.Pow(rope.Theta, -2.0 * i / width);
            var ramp = Math.Clamp((i - low) / (high - low), 0, 1);
            frequencies[i] = (float)(plain / rope.Factor * ramp + plain * (1 - ramp));
        }

        return frequencies;
    }

    private double[][] Attention(double[][] x, int[] positions, string prefix)
    {
        int dim = _config.HeadDim, heads = _config.NumAttentionHeads, kvHeads = _config.NumKeyValueHeads;
        var projected = x.Select(row => Times(prefix + "q_proj.weight", row)).ToArray();
        var keys = x.Select((row, t) => Heads(Times(prefix + "k_proj.weight", row), kvHeads, dim)
            .Select(key => Rotate(Norm(key, Tensor(prefix + "k_norm.weight")), positions[t])).ToArray()).ToArray();
        var values = x.Select(row => Heads(Times(prefix + "v_proj.weight", row), kvHeads, dim)).ToArray();
        var result = new double[x.Length][];
        for (var t = 0; t < x.Length; t++)
        {
            var row = new double[heads * dim];
            for (var head = 0; head < heads; head++)
            {
                var query = Rotate(Norm(projected[t][(2 * head * dim)..((2 * head + 1) * dim)], Tensor(prefix + "q_norm.weight")), positions[t]);
                var kv = head / (heads / kvHeads);
                var weights = Enumerable.Range(0, t + 1).Select(s => Math.Exp(Dot(query, keys[s][kv]) / Math.Sqrt(dim))).ToArray();
                for (var d = 0; d < dim; d++)
                {
                    var attended = Enumerable.Range(0, t + 1).Sum(s => weights[s] * values[s][kv][d]) / weights.Sum();
                    row[head * dim + d] = attended * Sigmoid(projected[t][(2 * head + 1) * dim + d]);
                }
            }

            result[t] = Times(prefix + "o_proj.weight", row);
        }

        return result;
    }

    private double[] Rotate(double[] head, int position)
    {
        var frequencies = Frequencies();
        var amplitude = 0.1 * Math.Log(_config.Rope.Factor) + 1;
        var turned = (double[])head.Clone();
        for (var i = 0; i < frequencies.Length; i++)
        {
            double angle = (float)position * frequencies[i];
            double cos = Math.Cos(angle) * amplitude, sin = Math.Sin(angle) * amplitude;
            double a = head[i], b = head[frequencies.Length + i];
            turned[i] = a * cos - b * sin;
            turned[frequencies.Length + i] = b * cos + a * sin;
        }

        return turned;
    }

    private double[][] LinearAttention(double[][] x, string prefix)
    {
        int keyHeads = _config.LinearNumKeyHeads, heads = _config.LinearNumValueHeads, dk = _config.LinearKeyHeadDim, dv = _config.LinearValueHeadDim;
        int taps = _config.LinearConvKernelDim, channels = _config.ConvDim;
        var inputs = x.Select(row => Times(prefix + "in_proj_qkv.weight", row)).ToArray();
        var conv = Tensor(prefix + "conv1d.weight");
        var states = Enumerable.Range(0, heads).Select(_ => new double[dk, dv]).ToArray();
        var result = new double[x.Length][];
        for (var t = 0; t < x.Length; t++)
        {
            var u = Enumerable.Range(0, channels)
                .Select(c => Silu(Enumerable.Range(0, taps).Where(j => t - taps + 1 + j >= 0).Sum(j => conv[c * taps + j] * inputs[t - taps + 1 + j][c]))).ToArray();
            var z = Times(prefix + "in_proj_z.weight", x[t]);
            var b = Times(prefix + "in_proj_b.weight", x[t]);
            var a = Times(prefix + "in_proj_a.weight", x[t]);
            var row = new double[heads * dv];
            for (var head = 0; head < heads; head++)
            {
                var keyHead = head / (heads / keyHeads);
                var query = Unit(u[(keyHead * dk)..((keyHead + 1) * dk)]).Select(q => q / Math.Sqrt(dk)).ToArray();
                var key = Unit(u[((keyHeads + keyHead) * dk)..((keyHeads + keyHead + 1) * dk)]);
                var value = u[(2 * keyHeads * dk + head * dv)..(2 * keyHeads * dk + (head + 1) * dv)];
                var decay = Math.Exp(-Math.Exp(Tensor(prefix + "A_log")[head]) * Math.Log(1 + Math.Exp(a[head] + Tensor(prefix + "dt_bias")[head])));
                var read = Step(states[head], query, key, value, decay, Sigmoid(b[head]));
                var mean = read.Sum(o => o * o) / dv;
                for (var d = 0; d < dv; d++)
                    row[head * dv + d] = Tensor(prefix + "norm.weight")[d] * read[d] / Math.Sqrt(mean + _config.RmsNormEps) * Silu(z[head * dv + d]);
            }

            result[t] = Times(prefix + "out_proj.weight", row);
        }

        return result;
    }

    private static double[] Step(double[,] state, double[] query, double[] key, double[] value, double decay, double beta)
    {
        var read = new double[value.Length];
        for (var d = 0; d < value.Length; d++)
        {
            var recalled = 0.0;
            for (var k = 0; k < key.Length; k++)
                recalled += (state[k, d] *= decay) * key[k];
            for (var k = 0; k < key.Length; k++)
                read[d] += (state[k, d] += key[k] * beta * (value[d] - recalled)) * query[k];
        }

        return read;
    }

    private double[] Mlp(double[] x, string prefix)
    {
        var up = Times(prefix + "up_proj.weight", x);
        return Times(prefix + "down_proj.weight", [.. Times(prefix + "gate_proj.weight", x).Select((gate, i) => Silu(gate) * up[i])]);
    }

    private double[] Norm(double[] x, float[] weight)
    {
        var inverse = 1 / Math.Sqrt(x.Sum(v => v * v) / x.Length + _config.RmsNormEps);
        return [.. x.Select((v, i) => v * inverse * (1 + weight[i]))];
    }

    private static double[] Unit(double[] x)
    {
        var length = Math.Sqrt(x.Sum(v => v * v) + 1e-6);
        return [.. x.Select(v => v / length)];
    }

    private double[] Times(string weight, double[] x)
    {
        var w = Tensor(weight);
        return [.. Enumerable.Range(0, w.Length / x.Length).Select(o => Enumerable.Range(0, x.Length).Sum(i => w[o * x.Length + i] * x[i]))];
    }

    private double[] Row(string name, int row, int width) => [.. Tensor(name)[(row * width)..((row + 1) * width)].Select(v => (double)v)];

    private float[] Tensor(string name)
    {
        if (!_tensors.TryGetValue(name, out var values))
        {
            var tensor = checkpoint.Get(name);
            _tensors[name] = values = new float[tensor.ElementCount];
            tensor.ReadFloats(0, values);
        }

        return values;
    }

    private static double[][] Heads(double[] x, int heads, int dim) => [.. Enumerable.Range(0, heads).Select(head => x[(head * dim)..((head + 1) * dim)])];

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (p, q) => p + q)];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Silu(double x) => x * Sigmoid(x);
}
