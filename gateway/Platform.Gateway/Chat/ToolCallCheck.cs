using System.Text;
using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;

namespace Platform.Gateway.Chat;

/// <summary>Checks a tool call of an earlier assistant message: the template writes its arguments one by one, so they must be an object.</summary>
internal static class ToolCallCheck
{
    public static void Check(JsonElement call, string path, int maxDepth)
    {
        if (call.ValueKind != JsonValueKind.Object)
            throw ApiException.Invalid($"'{path}' is {JsonWords.Describe(call)}, but a tool call is an object with a function.", path);
        if (!call.TryGetProperty("function", out var function) || function.ValueKind != JsonValueKind.Object)
            throw ApiException.Invalid($"'{path}.function' is missing or no object; it needs a name and arguments.", $"{path}.function");
        if (!function.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String || name.GetString()!.Length == 0)
            throw ApiException.Invalid($"'{path}.function.name' must be a string that is not empty.", $"{path}.function.name");
        if (function.TryGetProperty("arguments", out var arguments))
            CheckArguments(arguments, $"{path}.function.arguments", maxDepth);
    }

    private static void CheckArguments(JsonElement arguments, string path, int maxDepth)
    {
        if (arguments.ValueKind is JsonValueKind.Object or JsonValueKind.Null)
            return;
        if (arguments.ValueKind != JsonValueKind.String)
            throw NoObject(arguments, path);
        try
        {
            var json = Encoding.UTF8.GetBytes(arguments.GetString()!);
            using var parsed = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = maxDepth });

            // JSON within JSON has escapes of its own, which the check of the body did not see.
            if (parsed.RootElement.ValueKind == JsonValueKind.Object && SurrogateCheck.FirstLone(json) < 0)
                return;
        }
        catch (JsonException)
        {
            // Not JSON is as wrong as not an object, and has the same cure.
        }

        throw NoObject(arguments, path);
    }

    private static ApiException NoObject(JsonElement arguments, string path) => ApiException.Invalid(
        $"'{path}' is {JsonWords.Describe(arguments)}, but the arguments of a call must be a JSON object of whole characters, or a string that holds one. " +
        "Send what the model's call had, or \"{}\".",
        path);
}
