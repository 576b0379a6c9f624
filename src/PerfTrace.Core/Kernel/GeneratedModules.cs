using System.Reflection;
using System.Reflection.Emit;

namespace PerfTrace.Kernel;

/// <summary>Where classes go that are made while running. Not safe for several threads.</summary>
/// <param name="assembly">What the names of their assemblies begin with. Each has a name of its own: a class finds one of another assembly by it.</param>
internal sealed class GeneratedModules(string assembly)
{
    /// <summary>The runtime looks through all of a module each time that it gets one more class: with thousands in one it took five times as long as with so many in each.</summary>
    private const int ClassesPerModule = 32;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private ModuleBuilder? _module;
    private int _classes;
    private int _assemblies;

    /// <summary>Begins a class. Its name gets a number where there is one of that name: a type may come back with another layout.</summary>
    public TypeBuilder DefineClass(string name, Type parent)
    {
        string unique = Prepare(name);
        return _module!.DefineType(unique, TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.Class, parent);
    }

    /// <summary>Begins an enumeration.</summary>
    public EnumBuilder DefineEnum(string name, Type underlying)
    {
        string unique = Prepare(name);
        return _module!.DefineEnum(unique, TypeAttributes.Public, underlying);
    }

    private string Prepare(string name)
    {
        if (_module is null || _classes >= ClassesPerModule)
        {
            _module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName($"{assembly}.{++_assemblies}"), AssemblyBuilderAccess.Run).DefineDynamicModule("Classes");
            _classes = 0;
        }
        _classes++;
        // Names come out of files, too: the runtime ends them at a zero, and takes some signs for its own.
        string plain = string.Create(name.Length, name, static (text, from) =>
        {
            for (int i = 0; i < from.Length; i++)
                text[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] is '.' or '_' or '-' ? from[i] : '_';
        });
        string unique = plain;
        for (int n = 2; !_names.Add(unique); n++)
            unique = $"{plain}.{n}";
        return unique;
    }
}
