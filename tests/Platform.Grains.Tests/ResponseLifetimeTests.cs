using Conformance.ScriptedDecoder;

namespace Platform.Grains.Tests;

/// <summary>How long a response lives when nobody reads it, and how many ended ones are kept.</summary>
public sealed class ResponseLifetimeTests
{
    [Fact]
    public async Task A_running_response_that_nobody_reads_is_cancelled_and_dropped()
    {
        var decoder = new ScriptedDecoder("decoder-a", GrainFixture.Model, _ => new ScriptedReply("one two")
        {
            BeforeToken = (index, token) => index == 1 ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask,
        });
        await using var platform = await GrainFixture.StartAsync(decoder, options => options.OrphanSeconds = 1);
        var response = await platform.AcceptedAsync(GrainFixture.Request());

        await GrainFixture.UntilAsync(() => decoder.Cancelled == 1);
        await UntilUnknownAsync(response);
    }

    [Fact]
    public async Task A_running_response_with_a_reader_is_kept()
    {
        var gate = new TaskCompletionSource();
        var decoder = new ScriptedDecoder("decoder-a", GrainFixture.Model, _ => new ScriptedReply("one two")
        {
            BeforeToken = (index, token) => index == 1 ? gate.Task.WaitAsync(token) : Task.CompletedTask,
        });
        await using var platform = await GrainFixture.StartAsync(decoder, options => options.OrphanSeconds = 1);
        var reading = (await platform.AcceptedAsync(GrainFixture.Request())).ReadAllAsync();
        // Another response is given up in this time, so the reader's would have been as well.
        await UntilUnknownAsync(await platform.AcceptedAsync(GrainFixture.Request()));
        gate.SetResult();

        Assert.Equal("one two", (await reading).TextOf());
    }

    [Fact]
    public async Task Ended_responses_are_kept_up_to_a_count_the_oldest_going_first()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("kept"), options => options.KeptResponses = 2);
        List<IResponseGrain> responses = [];
        for (var i = 0; i < 4; i++)
        {
            responses.Add(await platform.AcceptedAsync(GrainFixture.Request()));
            await responses[^1].ReadAllAsync();
        }

        await UntilUnknownAsync(responses[0]);
        await UntilUnknownAsync(responses[1]);
        Assert.Equal("kept", (await responses[2].ReadAllAsync()).TextOf());
        Assert.Equal("kept", (await responses[3].ReadAllAsync()).TextOf());
    }

    private static async Task UntilUnknownAsync(IResponseGrain response)
    {
        while (true)
        {
            try
            {
                // Past every number: returns at once if the log ended, and does not count as a long read.
                using var glance = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
                await foreach (var _ in response.ReadAsync(long.MaxValue / 2, glance.Token))
                {
                }
            }
            catch (ResponseUnknownException)
            {
                return;
            }
            catch (OperationCanceledException)
            {
            }
            await Task.Delay(1500, GrainFixture.Patience);
        }
    }
}
