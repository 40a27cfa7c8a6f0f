namespace Platform.Engine;

/// <summary>How often a sequence's drafts at each position were right, recent ones counting most.</summary>
internal sealed class DraftRecord
{
    // A sequence starts hopeful, so that it tries; some 20 drafts change the mind.
    private const float Prior = 0.7f;
    private const float Weight = 1 / 12f;
    private const int StepsAfterSuccess = 56;

    private readonly float[] _right = new float[EngineOptions.LargestDraft];

    public DraftRecord() => Array.Fill(_right, Prior);

    /// <summary>Steps since the sequence last had a draft judged.</summary>
    public int StepsWithout { get; set; }

    /// <summary>Drafts judged so far.</summary>
    public int Judged { get; private set; }

    /// <summary>Drafts that were right so far.</summary>
    public int Accepted { get; private set; }

    /// <summary>The chance that the draft at a position is right, given that those before it are.</summary>
    public float Chance(int position) => _right[position];

    /// <summary>Takes a comparison into account.</summary>
    public void Judge(int position, bool right)
    {
        // A probe that was right is soon followed by the next.
        StepsWithout = right ? StepsAfterSuccess : 0;
        Judged++;
        Accepted += right ? 1 : 0;
        _right[position] += Weight * ((right ? 1 : 0) - _right[position]);
    }
}
