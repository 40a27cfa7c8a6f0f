using System.Globalization;
using System.Text;
using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Text.Grammar;

namespace Platform.Gateway.Forms;

/// <summary>
/// Reads what form the content must have: <c>response_format</c> as OpenAI has it, or one of the spellings that vLLM takes,
/// <c>structured_outputs</c> and <c>guided_json</c>, <c>guided_regex</c>, <c>guided_choice</c>.
/// </summary>
internal static class ContentReader
{
    private const int MaxChoices = 4096;
    private const int MaxName = 64;

    public static ContentRequest Read(FieldReader fields)
    {
        List<ContentRequest> said = [];
        Add(said, ResponseFormat(fields));
        Add(said, Structured(fields));
        Add(said, Schema(fields, "guided_json"));
        Add(said, Expression(fields, "guided_regex"));
        Add(said, Choice(fields, "guided_choice"));
        if (said.Count > 1)
        {
            throw ApiException.Invalid(
                $"'{said[0].Field}' and '{said[1].Field}' both say what the answer must look like. Send one of them.", said[1].Field);
        }

        return said.Count == 0 ? ContentRequest.Free : said[0];
    }

    private static void Add(List<ContentRequest> said, ContentRequest? request)
    {
        if (request is not null)
            said.Add(request);
    }

    private static ContentRequest? ResponseFormat(FieldReader fields)
    {
        if (fields.Object("response_format") is not { } format)
            return null;
        switch (format.Text("type"))
        {
            case "text":
                return null;
            case "json_object":
                return new ContentRequest(ContentForm.JsonObject, "", "response_format");
            case "json_schema":
                return NamedSchema(format);
            case var type:
                throw ApiException.Invalid(
                    $"'response_format.type' is '{JsonWords.Shorten(type ?? "")}', but supported are \"text\", \"json_object\" and \"json_schema\". Send one of them.",
                    "response_format.type",
                    "unsupported_value");
        }
    }

    private static ContentRequest NamedSchema(FieldReader format)
    {
        var named = format.Object("json_schema")
            ?? throw ApiException.Invalid("'response_format.json_schema' is missing. Send a name and a schema.", "response_format.json_schema");
        var name = named.Text("name");
        if (name is null || name.Length is 0 or > MaxName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            throw ApiException.Invalid(
                $"'response_format.json_schema.name' must be 1 to {MaxName} letters, digits, underscores or dashes. Give the schema such a name.",
                "response_format.json_schema.name");
        }

        named.Accept("description");
        // Whether strict or not, what is promised is kept.
        named.Boolean("strict");
        var schema = named.Find("schema") is null
            ? new ContentRequest(ContentForm.JsonObject, "", named.PathOf("schema"))
            : Schema(named, "schema")!;
        named.WarnOfUnread();
        return schema;
    }

    private static ContentRequest? Structured(FieldReader fields)
    {
        const string name = "structured_outputs";
        if (fields.Object(name) is not { } outputs)
            return null;
        List<ContentRequest> said = [];
        Add(said, Schema(outputs, "json"));
        Add(said, Expression(outputs, "regex"));
        Add(said, Choice(outputs, "choice"));
        if (outputs.Boolean("json_object") == true)
            said.Add(new ContentRequest(ContentForm.JsonObject, "", outputs.PathOf("json_object")));
        foreach (var other in (string[])["grammar", "structural_tag"])
        {
            if (outputs.Find(other) is not null)
                throw ApiException.Invalid($"'{name}.{other}' is not supported. Use json, regex, choice or json_object.", $"{name}.{other}", "unsupported_value");
        }

        outputs.WarnOfUnread();
        return said.Count == 1
            ? said[0]
            : throw ApiException.Invalid($"'{name}' holds {said.Count.ToString(CultureInfo.InvariantCulture)} forms, but must hold exactly one of json, regex, choice and json_object.", name);
    }

    // A schema is an object; as a string it is JSON of one.
    private static ContentRequest? Schema(FieldReader fields, string name)
    {
        if (fields.Find(name) is not { } schema)
            return null;
        if (schema.ValueKind == JsonValueKind.String)
            return new ContentRequest(ContentForm.JsonSchema, Checked(fields, name, schema), fields.PathOf(name));
        return schema.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
            ? new ContentRequest(ContentForm.JsonSchema, schema.GetRawText(), fields.PathOf(name))
            : throw fields.Wrong(name, schema, "a JSON Schema: an object");
    }

    // JSON within JSON has escapes of its own, which the check of the body did not see. Whether it is JSON the compiler says.
    private static string Checked(FieldReader fields, string name, JsonElement schema)
    {
        var text = schema.GetString()!;
        var json = Encoding.UTF8.GetBytes(text);
        try
        {
            using var valid = JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            return text;
        }

        return SurrogateCheck.FirstLone(json) < 0
            ? text
            : throw fields.Wrong(name, schema, "a JSON Schema without half characters in it");
    }

    private static ContentRequest? Expression(FieldReader fields, string name) =>
        fields.Text(name, "a regular expression in a string") is { } expression
            ? new ContentRequest(ContentForm.Expression, expression, fields.PathOf(name))
            : null;

    // One of some texts is an expression without any sign.
    private static ContentRequest? Choice(FieldReader fields, string name)
    {
        if (fields.Array(name, MaxChoices, "") is not { } choices)
            return null;
        if (choices.GetArrayLength() == 0)
            throw ApiException.Invalid($"'{fields.PathOf(name)}' is empty, so no answer would fit. List at least one text.", fields.PathOf(name));
        var expression = new StringBuilder();
        foreach (var choice in choices.EnumerateArray())
        {
            if (choice.ValueKind != JsonValueKind.String || choice.GetString()!.Length == 0)
                throw fields.Wrong(name, choice, "an array of strings that are not empty");
            expression.Append(expression.Length == 0 ? "" : "|");
            foreach (var c in choice.GetString()!)
                expression.Append(char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : c.ToString());
        }

        return new ContentRequest(ContentForm.Expression, expression.ToString(), fields.PathOf(name));
    }
}
