namespace Platform.Engine.Tests.Drafting;

public sealed class DraftControlTests
{
    private readonly EngineModel _model = new LedgerModel().Model with { CreateDraftSource = (_, _) => null! };

    [Fact]
    public void Many_drafts_are_wanted_where_a_row_is_cheap_and_drafts_are_right()
    {
        var control = Control(baseTicks: 1000, rowTicks: 50, linkTicks: 60);
        Assert.Equal([3], Wanted(control, 1, acceptance: 1));
    }

    [Fact]
    public void None_are_wanted_where_a_row_to_verify_costs_as_much_as_a_row_to_decode()
    {
        var control = Control(baseTicks: 10, rowTicks: 1000, linkTicks: 60);
        Assert.Equal(new int[8], Wanted(control, 8, acceptance: 1));
        Assert.False(control.CouldPay(8));
    }

    [Fact]
    public void One_slow_turn_does_not_end_drafting_for_good()
    {
        var control = Control(baseTicks: 1000, rowTicks: 50, linkTicks: 60);
        control.DraftTook(1, 1_000_000);
        Assert.False(control.CouldPay(1));
        var steps = 0;
        while (!control.CouldPay(1))
        {
            control.NotDrafted();
            Assert.True(++steps < 5_000, "Drafting is not tried again.");
        }

        Assert.True(steps > 10, $"Drafting was tried again after {steps} steps, before the measurement could count.");
    }

    [Fact]
    public void A_sequence_whose_drafts_are_wrong_gets_none_while_its_neighbour_does_and_tries_again_after_64_steps()
    {
        var control = Control(baseTicks: 1000, rowTicks: 100, linkTicks: 60);
        var sequences = new[] { Running(0, acceptance: 1), Running(1, acceptance: 0) };
        var wanted = new int[2];
        control.Plan(sequences, wanted);
        Assert.Equal([3, 0], wanted);
        var steps = 1;
        while (wanted[1] == 0)
        {
            control.Plan(sequences, wanted);
            steps++;
        }

        Assert.Equal((64, 1), (steps, wanted[1]));
    }

    [Fact]
    public void No_more_are_wanted_than_the_sequence_may_still_say_or_its_page_holds()
    {
        var control = Control(baseTicks: 1000, rowTicks: 10, linkTicks: 10);
        var ending = Running(0, acceptance: 1, limit: 12);       // ten known, so one draft and the token after it
        var wanted = new int[1];
        control.Plan([ending], wanted);
        Assert.Equal([1], wanted);
    }

    [Fact]
    public void The_cost_line_is_found_again_from_steps_of_different_sizes()
    {
        var cost = new VerificationCost();
        for (var i = 0; i < 200; i++)
            cost.Add(1 + i % 7, 500 + 40 * (1 + i % 7));
        Assert.Equal((40, 820), (Math.Round(cost.Row, 6), Math.Round(cost.Of(8), 6)));
    }

    private DraftControl Control(double baseTicks, double rowTicks, long linkTicks)
    {
        var limits = EngineLimits.Resolve(new() { Pages = 20, MaxSequences = 8, MaxDraftTokens = 3, MaxDraftingSequences = 8 }, _model);
        var control = new DraftControl(limits);
        for (var rows = 1; rows <= 16; rows++)
            control.StepTook(rows, (long)(baseTicks + rows * rowTicks));
        control.DraftTook(1, linkTicks);
        return control;
    }

    private static int[] Wanted(DraftControl control, int sequences, double acceptance)
    {
        var wanted = new int[sequences];
        control.Plan([.. Enumerable.Range(0, sequences).Select(i => Running(i, acceptance))], wanted);
        return wanted;
    }

    private static Sequence Running(int number, double acceptance, int limit = 1000)
    {
        var sequence = new Sequence(new SequenceRequest { PromptTokens = new int[9] }, number, limit, new Outbox(100, () => { }));
        sequence.Append(1);
        sequence.State.Pages.Add(number);
        sequence.State.Length = 9;
        for (var i = 0; i < 60; i++)
        {
            for (var position = 0; position < 3; position++)
                sequence.DraftRecord.Judge(position, acceptance > 0);
        }

        sequence.DraftRecord.StepsWithout = 0;
        return sequence;
    }
}
