using System.Text;
using CsCheck;

namespace Platform.Text.Tests.Tokenization;

/// <summary>What holds for any text.</summary>
public sealed class EncodingProperties
{
    /// <summary>Code points of every kind that the rules speak of: letters, marks, numbers, spaces, breaks, quotes, noncharacters, any at all.</summary>
    private static readonly Gen<string> CodePoint = Gen.OneOf(
        Gen.Char['a', 'z'].Select(character => character.ToString()),
        Choose.From(" ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u3000", "'", "'S", "'\u017F", "'re", "<", "<|im_end|>", "</think>", "\uFFFE", "\uFFFD"),
        Choose.From("\u0301", "\u0323", "\u0344", "\u0F73", "\u0F71", "\u0334", "\u0345", "\u094D", "\u20DD", "\U0001D165"),
        Choose.From("1", "\u0665", "\u2167", "\U0001D7D8", "\U00010400", "\U0001F600", "\u212B", "\uAC00", "\u1100", "\u1161", "\u11A8"),
        Gen.Int[0, 0x10FFFF].Where(value => value is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32));

    private static readonly Gen<string> Text = CodePoint.Array[0, 60].Select(string.Concat);

    private static readonly Gen<string> TextWithLoneSurrogates =
        Gen.OneOf(CodePoint, Gen.Char['\uD800', '\uDFFF'].Select(unit => unit.ToString())).Array[0, 40].Select(string.Concat);

    [Fact]
    public void Decoding_the_ids_gives_the_text_in_form_C() =>
        Text.Sample(text => Tokenizers.Tiny35.Decode(Tokenizers.Tiny35.Encode(text)) == FormC(text));

    [Fact]
    public void Decoding_the_ids_gives_back_added_tokens_too() => Text.Sample(text =>
    {
        // Each stretch between added tokens is normalised on its own; marks right after one do not join it.
        var decoded = Tokenizers.Tiny35.Decode(Tokenizers.Tiny35.Encode(text, SpecialTokens.Parse));
        return FormC(decoded) == FormC(text);
    });

    [Fact]
    public void Pieces_concatenate_to_the_text_in_form_C() =>
        Text.Sample(text => string.Concat(Tokenizers.Tiny35.SplitIntoPieces(text)) == FormC(text));

    [Fact]
    public void Half_surrogate_pairs_count_as_replacement_characters() => TextWithLoneSurrogates.Sample(text =>
    {
        var replaced = Encoding.Unicode.GetString(Encoding.Unicode.GetBytes(text));
        return Tokenizers.Tiny35.Encode(text).SequenceEqual(Tokenizers.Tiny35.Encode(replaced));
    });

    [Fact]
    public void Ids_do_not_depend_on_what_the_cache_holds() => Text.Sample(text =>
    {
        var first = Tokenizers.Tiny35.Encode(text);
        return Tokenizers.Tiny35.Encode(text).SequenceEqual(first);
    });

    [Fact]
    public void Ids_of_pieces_are_those_of_the_plain_method() => Text.Sample(text =>
    {
        var plain = Tokenizers.Tiny35.SplitIntoPieces(text).SelectMany(piece => PlainMerging.Ids(Encoding.UTF8.GetBytes(piece)));
        return Tokenizers.Tiny35.Encode(text).SequenceEqual(plain);
    });

    [Fact]
    public void Long_pieces_merge_like_the_plain_method() => Gen.Char['a', 'e'].Array[25, 400].Sample(letters =>
        Tokenizers.Tiny35.Encode(letters).SequenceEqual(PlainMerging.Ids(Encoding.UTF8.GetBytes(letters))));

    [Fact]
    public void Long_runs_of_marks_are_ordered_as_the_platform_orders_them()
    {
        var marks = Enumerable.Range(0x300, 0x70).Concat(Enumerable.Range(0x591, 0x2D)).Concat([0xF71, 0xF72, 0xF73, 0xF75, 0x81, 0x20D0, 0x1D165, 0x302E])
            .Select(char.ConvertFromUtf32).ToArray();
        Choose.From(marks).Array[33, 300].Sample(run =>
        {
            var text = "e" + string.Concat(run) + "x";
            return Normalization.Apply(text).SequenceEqual(text.Normalize(NormalizationForm.FormC));
        });
    }

    [Fact]
    public void Many_threads_get_the_same_ids()
    {
        var texts = GoldenCase.Read("tiny35.jsonl").Select(golden => golden.Text).ToList();
        var alone = texts.Select(text => Tokenizers.Tiny35.Encode(text)).ToList();
        var fresh = Tokenizer.Load(Tokenizers.Tiny35Folder);
        Parallel.For(0, 8, _ => Assert.All(texts.Zip(alone), pair => Assert.Equal(pair.Second, fresh.Encode(pair.First))));
    }

    private static string FormC(string text) =>
        string.Join('\uFFFE', text.Split('\uFFFE').Select(part => part.Normalize(NormalizationForm.FormC)));
}
