using Microsoft.Extensions.Options;

namespace Platform.Gateway.Options;

/// <summary>Checks the attributes of <see cref="GatewayOptions"/> and of what it holds; generated, so that nothing is reflected at start.</summary>
[OptionsValidator]
internal sealed partial class GatewayOptionsAnnotations : IValidateOptions<GatewayOptions>;
