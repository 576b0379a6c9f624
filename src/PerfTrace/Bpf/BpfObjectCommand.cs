using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>What the cmdlets of BPF share: programs, maps and links that parameters mean, and those that the session keeps alive.</summary>
public abstract class BpfObjectCommand : PerfTraceCommand
{
    /// <summary>The exceptions that a call about one object may end with: an error for that one, and the rest goes on.</summary>
    protected static bool IsProblem(Exception exception) =>
        exception is KernelException or BpfObjectNotFoundException or BpfMapRequestException or BpfMapValueException or BpfMapKeyNotFoundException
            or BtfException or BtfValueException or BtfNotFoundException or FormatException;

    /// <summary>The maps that arguments mean; an error for each that means none.</summary>
    private protected IEnumerable<BpfMap> Resolve(IEnumerable<BpfMapArgument> arguments) => Resolve(arguments, static a => a.Resolve());

    /// <summary>The programs that arguments mean; an error for each that means none.</summary>
    private protected IEnumerable<BpfProgram> Resolve(IEnumerable<BpfProgramArgument> arguments) => Resolve(arguments, static a => a.Resolve());

    /// <summary>The links that arguments mean; an error for each that means none.</summary>
    private protected IEnumerable<BpfLink> Resolve(IEnumerable<BpfLinkArgument> arguments) => Resolve(arguments, static a => a.Resolve());

    /// <summary>The programs, maps or links at paths of the shell; an error for each where none is.</summary>
    private protected string InBpffs(string path) => TypedPath.Full(this, path);

    /// <summary>Whether all of these are patterns, for which finding nothing is no error.</summary>
    private protected static bool ArePatterns(string[] names) => names.All(static n => WildcardPattern.ContainsWildcardCharacters(n));

    /// <summary>Those objects that one of the names of is like one of the patterns.</summary>
    private protected static IEnumerable<T> Matching<T>(IEnumerable<T> objects, string[] patterns, Func<T, string[]> names)
    {
        WildcardPattern[] compiled = [.. patterns.Select(static n => new WildcardPattern(n, WildcardOptions.IgnoreCase))];
        return objects.Where(one => names(one).Any(name => compiled.Any(p => p.IsMatch(name))));
    }

    /// <summary>Writes objects, of the types that are wanted.</summary>
    /// <param name="objects">They are read while they are written.</param>
    /// <param name="types">The kernel's words, as a parameter with <see cref="BpfTypeTransformationAttribute"/> has them; null: all.</param>
    /// <param name="typeOf">An object's type in the kernel's words.</param>
    private protected void Write<T>(IEnumerable<T> objects, string[]? types, Func<T, string> typeOf)
    {
        foreach (T one in objects)
        {
            if (StopToken.IsCancellationRequested)
                return;
            if (types is null || types.Contains(typeOf(one), StringComparer.Ordinal))
                WriteObject(one);
        }
    }

    /// <summary>Keeps something alive until it is disposed of or the module is removed.</summary>
    private protected static T Keep<T>(T made)
        where T : BpfKernelObject
    {
        made.DisposeWith(ModuleResources.Own(made.Dispose));
        return made;
    }

    private IEnumerable<T> Resolve<TArgument, T>(IEnumerable<TArgument> arguments, Func<TArgument, IReadOnlyList<T>> resolve)
    {
        foreach (TArgument argument in arguments)
        {
            IReadOnlyList<T> found;
            try
            {
                found = resolve(argument);
            }
            catch (Exception e) when (IsProblem(e))
            {
                WriteProblem(e, argument?.ToString());
                continue;
            }
            foreach (T one in found)
            {
                if (StopToken.IsCancellationRequested)
                    yield break;
                yield return one;
            }
        }
    }
}
