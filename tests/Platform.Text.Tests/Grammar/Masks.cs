using System.Text;
using Platform.Text.Grammar;
using Platform.Text.Tests.Tokenization;

namespace Platform.Text.Tests.Grammar;

/// <summary>Masks say exactly what trying every token says.</summary>
public sealed class Masks
{
    public static TheoryData<string> Schemas => new(
        """{}""",
        """{"type":"string"}""",
        """{"type":"string","minLength":3,"maxLength":9}""",
        """{"type":"string","maxLength":400,"minLength":200}""",
        """{"type":"string","pattern":"^[a-z]+( [a-z]+){0,3}$"}""",
        """{"type":"array","items":{"type":"number","minimum":-3,"maximum":1000}}""",
        """{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"array","items":{"$ref":"#"}}]},"maxItems":3}""",
        """{"type":"object","properties":{"name":{"type":"string","maxLength":20},"age":{"type":"integer"},"tags":{"type":"array","items":{"enum":["a","ab","abc"]}}},"required":["name"]}""",
        """{"type":"object","additionalProperties":{"type":"object","additionalProperties":{"type":"boolean"}}}""");

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Equal_what_trying_every_token_says(string schema)
    {
        var automaton = new TokenAutomaton(Grammars.OfSchema(schema), Grammars.Tiny35);
        var plain = new ByteAutomaton(Grammars.OfSchema(schema));
        var random = new Random(11);
        for (int answer = 0; answer < 4; answer++)
        {
            var guide = new GrammarGuide(automaton, startsInReasoning: false);
            var said = new List<int>();
            var state = plain.Start(plain.Grammar.Root);
            for (int position = 0; position < 40; position++)
            {
                var next = guide.Next(said.ToArray());
                var expected = Expected(plain, state);
                Assert.Equal(expected, Allowed(next));
                int id = expected[random.Next(expected.Count)];
                if (Grammars.StopIds.Contains(id))
                    break;
                said.Add(id);
                state = plain.Step(state, Tokenizers.Tiny35.TokenBytes(id));
            }
        }
    }

    [Fact]
    public void Are_the_same_whatever_was_cached()
    {
        var grammar = Grammars.OfSchema("""{"type":"array","minItems":20,"items":{"type":"object","additionalProperties":{"type":"string","minLength":9,"maxLength":30}}}""");
        var roomy = new TokenAutomaton(grammar, Grammars.Tiny35, 64 << 20);
        var tight = new TokenAutomaton(grammar, Grammars.Tiny35, 64 << 10);
        var random = new Random(12);
        for (int answer = 0; answer < 8; answer++)
        {
            var one = new GrammarGuide(roomy, false);
            var other = new GrammarGuide(tight, false);
            var said = new List<int>();
            while (said.Count < 80)
            {
                var allowed = Allowed(one.Next([.. said]));
                Assert.Equal(allowed, Allowed(other.Next([.. said])));
                int id = allowed[random.Next(allowed.Count)];
                if (Grammars.StopIds.Contains(id))
                    break;
                said.Add(id);
            }
        }

        Assert.InRange(tight.CachedBytes, 1, 4 << 20);
        Assert.True(tight.Forgotten > 0, "The small cache was never full, so this test shows nothing.");
    }

    [Fact]
    public void Follow_ids_that_are_taken_back()
    {
        var automaton = new TokenAutomaton(Grammars.OfSchema("""{"type":"object","additionalProperties":{"type":"integer"}}"""), Grammars.Tiny35);
        var ids = new RandomSpeaker(automaton, new Random(5)).Speak(startsInReasoning: true)!;
        var jumping = new GrammarGuide(automaton, startsInReasoning: true);
        var random = new Random(6);
        for (int i = 0; i < 200; i++)
        {
            int length = random.Next(ids.Count + 1);
            var fresh = new GrammarGuide(automaton, startsInReasoning: true);
            Assert.Equal(Allowed(fresh.Next(ids[..length].ToArray())), Allowed(jumping.Next(ids[..length].ToArray())));
        }
    }

    [Fact]
    public void Keep_the_end_out_of_a_thinking_block_and_its_closing_tag_in_one_piece()
    {
        var automaton = new TokenAutomaton(Grammars.OfSchema("""{"type":"object"}"""), Grammars.Tiny35);
        var guide = new GrammarGuide(automaton, startsInReasoning: true);
        var thinking = Tokenizers.Tiny35.Encode("hm, </think");
        var next = guide.Next(thinking);
        Assert.True(next.InReasoning);
        var allowed = Allowed(next).ToHashSet();
        Assert.DoesNotContain(Grammars.StopIds[0], allowed);
        foreach (int id in Enumerable.Range(0, Tokenizers.Tiny35.IdCount))
        {
            string text = Encoding.Latin1.GetString(Tokenizers.Tiny35.TokenBytes(id));
            if (text.StartsWith('>') && text.Length > 1)
                Assert.Equal(text is ">\n" or ">\n\n" or ">{" or ">{\"" or ">\n{", allowed.Contains(id));
        }

        Assert.True(guide.Next([.. thinking, .. Tokenizers.Tiny35.Encode(">")]) is { InReasoning: false });
    }

    [Fact]
    public void Allow_nothing_but_the_end_once_the_answer_is_complete()
    {
        var automaton = new TokenAutomaton(Grammars.OfSchema("""{"const":{"a":1}}"""), Grammars.Tiny35);
        var guide = new GrammarGuide(automaton, startsInReasoning: false);
        int[] said = Tokenizers.Tiny35.Encode("{\"a\": 1}");
        Assert.Equal(Grammars.StopIds.Order(), Allowed(guide.Next(said)));
        Assert.Throws<InvalidOperationException>(() => guide.Next([.. said, said[0]]));
    }

    private static List<int> Allowed(NextTokens next)
    {
        if (next.Only is { } only)
            return [only];
        return [.. Enumerable.Range(0, Grammars.Tiny35.IdCount).Where(id => (next.Mask![id >> 6] >> (id & 63) & 1) != 0)];
    }

    private static List<int> Expected(ByteAutomaton plain, AutomatonState state)
    {
        var seen = new HashSet<string>();
        var ids = new List<int>();
        foreach (int id in Enumerable.Range(0, Grammars.Tiny35.IdCount))
        {
            if (Grammars.StopIds.Contains(id))
            {
                if (state.MayEnd)
                    ids.Add(id);
                continue;
            }

            var bytes = Tokenizers.Tiny35.TokenBytes(id);
            bool isTag = Tokenizers.Tiny35.AddedTokens.Any(token => token.Id == id && token.Content is not ("<tool_call>" or "</tool_call>"));
            if (!isTag && bytes.Length > 0 && !plain.Step(state, bytes).IsDead && seen.Add(Convert.ToHexString(bytes)))
                ids.Add(id);
        }

        return ids;
    }
}
