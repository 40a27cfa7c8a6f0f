using Microsoft.Extensions.Options;

namespace Platform.Gateway.Options;

/// <summary>The rules across fields.</summary>
internal sealed class GatewayOptionsRules : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        if (!options.Open && options.Keys.Count == 0)
        {
            return ValidateOptionsResult.Fail(
                "Gateway:Keys is empty and Gateway:Open is false, so no request could be let in. " +
                "Configure a key (Gateway:Keys:0:Name and Gateway:Keys:0:Sha256), or set Gateway:Open to true and listen on loopback only.");
        }

        var twice = options.Keys.GroupBy(key => key.Sha256, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"The keys {string.Join(" and ", twice.Select(key => $"'{key.Name}'"))} in Gateway:Keys have the same hash. Give each its own key.");
    }
}
