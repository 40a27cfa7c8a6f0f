using Platform.Gateway.Errors;
using Platform.Gateway.Json;

namespace Platform.Gateway.Models;

/// <summary>Reads the model's name from a request.</summary>
internal static class ModelName
{
    private const int MaxLength = 256;

    public static string Read(FieldReader fields)
    {
        var name = fields.Text("model", "the name of a model");
        if (string.IsNullOrEmpty(name))
            throw ApiException.Invalid("'model' is missing. Name one of those that GET /v1/models lists.", "model");
        return name.Length <= MaxLength
            ? name
            : throw new ApiException(new ApiError(
                404, ApiError.InvalidRequest, "model_not_found", $"The model '{JsonWords.Shorten(name)}' does not exist. GET /v1/models lists those that do.", "model"));
    }
}
