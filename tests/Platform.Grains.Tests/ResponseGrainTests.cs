using Conformance.ScriptedDecoder;

namespace Platform.Grains.Tests;

/// <summary>One response: its log, its readers, its end.</summary>
public sealed class ResponseGrainTests
{
    [Fact]
    public async Task Numbers_its_events_from_one_without_gaps_and_ends_with_the_finish()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("A streamed answer, token by token."));
        var events = await (await platform.AcceptedAsync(GrainFixture.Request())).ReadAllAsync();

        Assert.Equal(Enumerable.Range(1, events.Count).Select(number => (long)number), events.Select(e => e.Number));
        Assert.Equal("A streamed answer, token by token.", events.TextOf());
        Assert.Equal(ResponseFinish.Stop, Assert.IsType<FinishedEvent>(events[^1]).Reason);
    }

    [Fact]
    public async Task Shows_two_readers_the_same_log_while_it_grows()
    {
        var gate = new TaskCompletionSource();
        var decoder = new ScriptedDecoder("decoder-a", GrainFixture.Model, _ => new ScriptedReply("one two three four")
        {
            BeforeToken = (index, token) => index == 2 ? gate.Task.WaitAsync(token) : Task.CompletedTask,
        });
        await using var platform = await GrainFixture.StartAsync(decoder);
        var response = await platform.AcceptedAsync(GrainFixture.Request());

        var early = response.ReadAllAsync();
        await using (var peek = response.ReadAsync(0, GrainFixture.Patience).GetAsyncEnumerator(GrainFixture.Patience))
            Assert.True(await peek.MoveNextAsync());
        var second = response.ReadAllAsync();
        gate.SetResult();

        Assert.Equal((await early).Select(e => e.Number), (await second).Select(e => e.Number));
        Assert.Equal("one two three four", (await early).TextOf());
        Assert.Equal("one two three four", (await second).TextOf());
    }

    [Fact]
    public async Task Resumes_after_the_number_a_reader_saw_last()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("a b c d e f"));
        var response = await platform.AcceptedAsync(GrainFixture.Request());
        var all = await response.ReadAllAsync();

        for (var seen = 0; seen <= all.Count; seen++)
            Assert.Equal(all.Skip(seen).Select(e => e.Number), (await response.ReadAllAsync(seen)).Select(e => e.Number));
    }

    [Fact]
    public async Task A_reader_that_leaves_changes_nothing()
    {
        var gate = new TaskCompletionSource();
        var decoder = new ScriptedDecoder("decoder-a", GrainFixture.Model, _ => new ScriptedReply("still here after you left")
        {
            BeforeToken = (index, token) => index == 1 ? gate.Task.WaitAsync(token) : Task.CompletedTask,
        });
        await using var platform = await GrainFixture.StartAsync(decoder);
        var response = await platform.AcceptedAsync(GrainFixture.Request());
        await using (var reader = response.ReadAsync(0, GrainFixture.Patience).GetAsyncEnumerator(GrainFixture.Patience))
            Assert.True(await reader.MoveNextAsync());
        gate.SetResult();

        Assert.Equal("still here after you left", (await response.ReadAllAsync()).TextOf());
        Assert.Equal(0, decoder.Cancelled);
    }

    [Fact]
    public async Task Cancelling_ends_the_decoders_sequence_and_the_log()
    {
        var decoder = new ScriptedDecoder("decoder-a", GrainFixture.Model, _ => new ScriptedReply("one two three")
        {
            BeforeToken = (index, token) => index == 2 ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask,
        });
        await using var platform = await GrainFixture.StartAsync(decoder);
        var response = await platform.AcceptedAsync(GrainFixture.Request());
        var reading = response.ReadAllAsync();
        await GrainFixture.UntilAsync(() => decoder.Running == 1);

        await response.CancelAsync();

        Assert.Equal(ResponseFinish.Cancelled, (await reading).Finish().Reason);
        await GrainFixture.UntilAsync(() => decoder.Running == 0);
        Assert.Equal(1, decoder.Cancelled);
        await response.CancelAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_in_the_middle_ends_the_log_with_a_retryable_failure(bool decoderDies)
    {
        var decoder = new ScriptedDecoder("decoder-a", GrainFixture.Model, _ => new ScriptedReply("one two three four five")
        {
            BreakAfter = decoderDies ? 2 : null,
            FailAfter = decoderDies ? null : 2,
        });
        await using var platform = await GrainFixture.StartAsync(decoder);
        var events = await (await platform.AcceptedAsync(GrainFixture.Request())).ReadAllAsync();

        Assert.Equal(2, events.OfType<TokensEvent>().Count());
        var finish = Assert.IsType<FinishedEvent>(events[^1]);
        Assert.Equal((ResponseFinish.Failed, true), (finish.Reason, finish.Retryable));
        Assert.NotNull(finish.Error);
    }

    [Fact]
    public async Task Choices_share_one_log_and_each_ends_once()
    {
        var decoder = new ScriptedDecoder(
            "decoder-a", GrainFixture.Model, request => new ScriptedReply($"choice number {request.Start.Choice}"));
        await using var platform = await GrainFixture.StartAsync(decoder);
        var events = await (await platform.AcceptedAsync(GrainFixture.Request(choices: 3))).ReadAllAsync();

        Assert.Equal(Enumerable.Range(1, events.Count).Select(number => (long)number), events.Select(e => e.Number));
        for (var choice = 0; choice < 3; choice++)
        {
            Assert.Equal($"choice number {choice}", events.TextOf(choice));
            Assert.Equal(ResponseFinish.Stop, events.Finish(choice).Reason);
        }
    }

    [Fact]
    public async Task A_log_past_its_bound_fails_the_choice_and_stops_the_decoder()
    {
        var decoder = new ScriptedDecoder("decoder-a", GrainFixture.Model, _ => new ScriptedReply(string.Concat(Enumerable.Repeat("word ", 500))));
        await using var platform = await GrainFixture.StartAsync(decoder, options => options.MaxLogBytes = 8192);
        var events = await (await platform.AcceptedAsync(GrainFixture.Request())).ReadAllAsync();

        var finish = Assert.IsType<FinishedEvent>(events[^1]);
        Assert.Equal((ResponseFinish.Failed, false), (finish.Reason, finish.Retryable));
        Assert.InRange(events.Count, 10, 8192 / 96);
        await GrainFixture.UntilAsync(() => decoder.Running == 0);
    }

    [Fact]
    public async Task Starts_only_once()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("once"));
        var response = await platform.AcceptedAsync(GrainFixture.Request());
        await Assert.ThrowsAsync<InvalidOperationException>(() => response.StartAsync(GrainFixture.Request(), GrainFixture.Patience));
        Assert.Equal("once", (await response.ReadAllAsync()).TextOf());
    }

    [Fact]
    public async Task An_id_that_never_started_is_unknown_to_readers()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("x"));
        await Assert.ThrowsAsync<ResponseUnknownException>(() => platform.NewResponse().ReadAllAsync());
    }
}
