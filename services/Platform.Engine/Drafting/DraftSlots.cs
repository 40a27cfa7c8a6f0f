namespace Platform.Engine;

/// <summary>The state slots that a step with drafts writes beside the sequence's own: one for the state after each fed token but the last, so that
/// taking back rejected drafts moves a slot number and copies nothing. Engine thread only.</summary>
internal sealed class DraftSlots(SlotAllocator slots)
{
    /// <summary>How many more drafts could be fed in this step.</summary>
    public int Free => slots.FreeForDrafts;

    /// <summary>Takes the slots for a sequence's next step.</summary>
    /// <param name="sequence">Holds none yet.</param>
    /// <param name="drafts">At most <see cref="Free"/>.</param>
    public void Take(Sequence sequence, int drafts)
    {
        for (var i = 0; i < drafts; i++)
            sequence.SnapshotSlots[i] = slots.TakeForDraft();
        sequence.SnapshotSlots[drafts] = -1;
        sequence.FedDrafts = drafts;
    }

    /// <summary>After the step: leaves the sequence in the slot with the state after its accepted drafts.</summary>
    public void Settle(Sequence sequence, int accepted)
    {
        if (accepted < sequence.FedDrafts)
        {
            slots.Trade(sequence.State.Slot, sequence.SnapshotSlots[accepted]);
            (sequence.State.Slot, sequence.SnapshotSlots[accepted]) = (sequence.SnapshotSlots[accepted], sequence.State.Slot);
        }

        Release(sequence);
    }

    /// <summary>Gives back what the sequence holds for drafts, whatever became of them.</summary>
    public void Release(Sequence sequence)
    {
        for (var i = 0; i < sequence.FedDrafts; i++)
            slots.ReleaseDraft(sequence.SnapshotSlots[i]);
        sequence.FedDrafts = 0;
    }
}
