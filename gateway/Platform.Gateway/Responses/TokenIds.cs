using System.Globalization;
using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Grains;

namespace Platform.Gateway.Responses;

/// <summary>Reads token ids that a caller sent.</summary>
internal static class TokenIds
{
    /// <summary>The ids of an array that stands at <paramref name="path"/>.</summary>
    /// <exception cref="ApiException">Empty, too many, or one that is no id of the model.</exception>
    public static int[] Read(JsonElement array, string path, ServedModel model)
    {
        var count = array.GetArrayLength();
        if (count == 0)
            throw ApiException.Invalid($"'{path}' is empty. Send at least one token id.", path);
        if (count > model.MaxContext)
        {
            throw ApiException.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"'{path}' has {count} ids, but '{model.Name}' takes at most {model.MaxContext} tokens. Send fewer."),
                path,
                "context_length_exceeded");
        }

        var ids = new int[count];
        var at = 0;
        foreach (var item in array.EnumerateArray())
        {
            if (!FieldReader.TryWhole(item, out var id) || id < 0 || id >= model.IdCount)
            {
                throw ApiException.Invalid(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"'{path}[{at}]' is {JsonWords.Describe(item)}, but a token id of '{model.Name}' is a whole number from 0 to {model.IdCount - 1}."),
                    path);
            }

            ids[at++] = (int)id;
        }

        return ids;
    }
}
