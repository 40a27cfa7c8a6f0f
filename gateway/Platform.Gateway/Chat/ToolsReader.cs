using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Gateway.Options;

namespace Platform.Gateway.Chat;

/// <summary>Checks the tools offered to the model. They reach the prompt as they were spelled.</summary>
internal static class ToolsReader
{
    /// <summary>UTF-8 of the tool list; empty when there are none.</summary>
    public static byte[] Read(FieldReader fields, GatewayOptions options)
    {
        foreach (var old in new[] { "functions", "function_call" })
        {
            if (fields.Find(old) is not null)
                throw ApiException.Invalid($"'{old}' is the older form and not taken. Send 'tools' and 'tool_choice' instead.", old);
        }

        if (fields.Array("tools", options.MaxTools, "Gateway:MaxTools") is not { } tools || tools.GetArrayLength() == 0)
            return [];
        var at = 0;
        foreach (var tool in tools.EnumerateArray())
            Check(tool, string.Create(CultureInfo.InvariantCulture, $"tools[{at++}]"));
        return JsonMarshal.GetRawUtf8Value(tools).ToArray();
    }

    private static void Check(JsonElement tool, string path)
    {
        if (tool.ValueKind != JsonValueKind.Object)
            throw ApiException.Invalid($"'{path}' is {JsonWords.Describe(tool)}, but a tool is an object of type function.", path);
        if (tool.TryGetProperty("type", out var type) && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("function")))
            throw ApiException.Invalid($"'{path}.type' is {JsonWords.Describe(type)}, but only \"function\" is supported.", $"{path}.type");
        if (!tool.TryGetProperty("function", out var function) || function.ValueKind != JsonValueKind.Object)
            throw ApiException.Invalid($"'{path}.function' is missing or no object; it needs a name, a description and parameters.", $"{path}.function");
        if (!function.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String || name.GetString()!.Length == 0)
            throw ApiException.Invalid($"'{path}.function.name' must be a string that is not empty.", $"{path}.function.name");
        if (function.TryGetProperty("parameters", out var parameters) && parameters.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
        {
            throw ApiException.Invalid(
                $"'{path}.function.parameters' is {JsonWords.Describe(parameters)}, but must be a JSON schema object.", $"{path}.function.parameters");
        }
    }
}
