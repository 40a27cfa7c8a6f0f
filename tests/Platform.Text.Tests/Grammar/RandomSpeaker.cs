using System.Text;
using Platform.Text.Grammar;

namespace Platform.Text.Tests.Grammar;

/// <summary>
/// A model whose logits are noise: it says any token that the grammar allows. After some tokens it prefers those that close something, so
/// that answers end.
/// </summary>
internal sealed class RandomSpeaker(TokenAutomaton automaton, Random random)
{
    private static readonly byte[] Closers = "\"}]0123456789,:<\\a "u8.ToArray();

    private readonly Tokenizer _tokenizer = automaton.Vocabulary.Tokenizer;
    private readonly Dictionary<byte, int> _single = Enumerable.Range(0, automaton.Vocabulary.IdCount)
        .Where(id => automaton.Vocabulary.Tokenizer.TokenBytes(id).Length == 1)
        .GroupBy(id => automaton.Vocabulary.Tokenizer.TokenBytes(id)[0])
        .ToDictionary(group => group.Key, group => group.First());

    /// <summary>The ids of one answer, thinking included, without the end id; null when it did not end in time.</summary>
    public List<int>? Speak(bool startsInReasoning = false, int eager = 40, int most = 4000)
    {
        var guide = new GrammarGuide(automaton, startsInReasoning);
        var said = new List<int>();
        while (said.Count < most)
        {
            var next = guide.Next(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(said));
            int id = next.InReasoning ? Think(next.Mask!, said.Count) : Choose(next, said.Count, eager);
            if (automaton.Vocabulary.StopIds.Contains(id))
                return said;
            said.Add(id);
        }

        return null;
    }

    public string Text(IEnumerable<int> ids) => Encoding.UTF8.GetString([.. ids.SelectMany(id => _tokenizer.TokenBytes(id).ToArray())]);

    private int Think(ulong[] mask, int said)
    {
        int close = _tokenizer.AddedTokenId("</think>")!.Value;
        return said > 10 ? close : Random(mask);
    }

    private int Choose(NextTokens next, int said, int eager)
    {
        if (next.Only is { } only)
            return only;
        // Wanting to end grows with length.
        if (random.Next(eager) < said)
        {
            foreach (int stop in automaton.Vocabulary.StopIds.Where(stop => Allows(next.Mask!, stop)))
                return stop;
            int start = random.Next(said > 20 * eager ? 1 : 3);
            foreach (byte closer in Closers.Skip(start))
            {
                if (_single.TryGetValue(closer, out int id) && Allows(next.Mask!, id))
                    return id;
            }
        }

        return Random(next.Mask!);
    }

    private int Random(ulong[] mask)
    {
        while (true)
        {
            int id = random.Next(automaton.Vocabulary.IdCount);
            for (int i = 0; i < automaton.Vocabulary.IdCount; i++)
            {
                int at = (id + i) % automaton.Vocabulary.IdCount;
                if (Allows(mask, at))
                    return at;
            }

            Assert.Fail("The mask allows nothing.");
        }
    }

    private static bool Allows(ulong[] mask, int id) => (mask[id >> 6] >> (id & 63) & 1) != 0;
}
